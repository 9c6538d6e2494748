#ifndef CSQLITE_SETUP_H
#define CSQLITE_SETUP_H

/// Turns off SQLite's memory statistics, whose global lock every allocation takes. Before the first connection is opened.
void souk_sqlite_setup(void);

#endif
