#include <zlib.h>

/* Swift sees no macros: gzip's own head and checksum (16), the largest window (15), the usual level and memory. */
static inline int souk_gzip_begin(z_stream *stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
}

/* For texts of a few thousand bytes, which a small window holds: clearing a large one takes longer than the text itself. */
static inline int souk_deflate_begin(z_stream *stream) {
    return deflateInit2(stream, Z_BEST_SPEED, Z_DEFLATED, 13, 6, Z_DEFAULT_STRATEGY);
}

static inline int souk_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 16 + 15); }
