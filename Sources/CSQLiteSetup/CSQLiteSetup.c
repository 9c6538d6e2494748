#include "CSQLiteSetup.h"
#include <sqlite3.h>

// A variadic function, which Swift cannot call.
void souk_sqlite_setup(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
