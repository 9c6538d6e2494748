#include <zlib.h>

/* Swift sees no macros: gzip's own head and checksum (16), the largest window (15), the usual level and memory. */
static inline int souk_gzip_begin(z_stream *stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
}

static inline int souk_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 16 + 15); }
