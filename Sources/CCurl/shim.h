#include <curl/curl.h>
#include <string.h>

/* What the server of outgoing mail is told; libcurl's options are macros with variable arguments, which Swift does not see. */
typedef struct {
    const char *url;
    const char *user;
    const char *password;
    /* Whether nothing may be sent in the clear. */
    int requires_tls;
    const char *from;
    const char *to;
    const char *message;
    size_t length;
} souk_mail;

typedef struct {
    const char *next;
    size_t left;
} souk_mail_reader;

static size_t souk_mail_read(char *buffer, size_t size, size_t count, void *context) {
    souk_mail_reader *reader = (souk_mail_reader *)context;
    size_t wanted = size * count;
    size_t length = reader->left < wanted ? reader->left : wanted;
    memcpy(buffer, reader->next, length);
    reader->next += length;
    reader->left -= length;
    return length;
}

/* Sends the message, or asks the server whether it is there when there is none. The last reply's code is put into `reply`. */
static inline CURLcode souk_mail_send(const souk_mail *mail, long seconds, long *reply) {
    CURL *handle = curl_easy_init();
    if (handle == NULL) return CURLE_FAILED_INIT;
    souk_mail_reader reader = {mail->message, mail->length};
    struct curl_slist *recipients = NULL;
    curl_easy_setopt(handle, CURLOPT_URL, mail->url);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, seconds);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, 3 * seconds);
    curl_easy_setopt(handle, CURLOPT_USE_SSL, (long)(mail->requires_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (mail->user != NULL) curl_easy_setopt(handle, CURLOPT_USERNAME, mail->user);
    if (mail->password != NULL) curl_easy_setopt(handle, CURLOPT_PASSWORD, mail->password);
    if (mail->message != NULL) {
        recipients = curl_slist_append(NULL, mail->to);
        curl_easy_setopt(handle, CURLOPT_MAIL_FROM, mail->from);
        curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, souk_mail_read);
        curl_easy_setopt(handle, CURLOPT_READDATA, &reader);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->length);
    } else {
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "NOOP");
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    }
    CURLcode code = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, reply);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(handle);
    return code;
}
