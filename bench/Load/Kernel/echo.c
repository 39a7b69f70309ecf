/*
 * A kernel that costs next to nothing, so that what is measured is the server: one process, one thread, less than a megabyte.
 * It speaks ZMTP 3 with the NULL mechanism (rfc.zeromq.org 23, 37) and the Jupyter messages that servers ask for.
 * The code "N SIZE" of an execute_request makes N display_data messages of SIZE bytes each; "5 100 7" starts counting at 7.
 * usage: echo CONNECTION_FILE
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* :: Bytes that grow. */
typedef struct { uint8_t *at; size_t length, room; } Bytes;

static void add(Bytes *b, const void *from, size_t n) {
    if (b->length + n > b->room) {
        b->room = (b->length + n) * 2;
        if (!(b->at = realloc(b->at, b->room))) abort();
    }
    memcpy(b->at + b->length, from, n);
    b->length += n;
}

/* :: SHA-256 (FIPS 180-4) and HMAC (RFC 2104). */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
    0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
    0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

typedef struct { uint32_t h[8]; uint8_t block[64]; uint64_t total; } Sha;

#define ROR(x, n) ((x) >> (n) | (x) << (32 - (n)))

static void sha_block(Sha *s, const uint8_t *p) {
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + (ROR(w[i - 15], 7) ^ ROR(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] + (ROR(w[i - 2], 17) ^ ROR(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, s->h, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t a = v[7] + (ROR(v[4], 6) ^ ROR(v[4], 11) ^ ROR(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[i] + w[i];
        uint32_t b = (ROR(v[0], 2) ^ ROR(v[0], 13) ^ ROR(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += a;
        v[0] = a + b;
    }
    for (int i = 0; i < 8; i++) s->h[i] += v[i];
}

static void sha_begin(Sha *s) {
    static const uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(s->h, h, sizeof h);
    s->total = 0;
}

static void sha_add(Sha *s, const void *from, size_t n) {
    const uint8_t *p = from;
    while (n > 0) {
        size_t used = s->total % 64, take = n < 64 - used ? n : 64 - used;
        memcpy(s->block + used, p, take);
        s->total += take, p += take, n -= take;
        if (s->total % 64 == 0) sha_block(s, s->block);
    }
}

static void sha_end(Sha *s, uint8_t digest[32]) {
    uint8_t length[8], one = 0x80, zero = 0;
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(s->total * 8 >> (56 - 8 * i));
    sha_add(s, &one, 1);
    while (s->total % 64 != 56) sha_add(s, &zero, 1);
    sha_add(s, length, 8);
    for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

static Sha inner, outer; /* begun with the key */

static void set_key(const char *key) {
    uint8_t pad[64] = {0}, p[64];
    memcpy(pad, key, strlen(key) < 64 ? strlen(key) : 64);
    for (int i = 0; i < 64; i++) p[i] = pad[i] ^ 0x36;
    sha_begin(&inner), sha_add(&inner, p, 64);
    for (int i = 0; i < 64; i++) p[i] = pad[i] ^ 0x5c;
    sha_begin(&outer), sha_add(&outer, p, 64);
}

/* :: Connections. */
enum { SHELL, IOPUB, STDIN, CONTROL, HEARTBEAT, CHANNELS };
static const char *const SOCKET_TYPE[CHANNELS] = {"ROUTER", "PUB", "ROUTER", "ROUTER", "REP"};

typedef struct { const uint8_t *at; size_t length; } Part;
typedef struct { int fd, channel, greeted; Bytes in, out; } Peer;

static Peer peers[1024];
static int peer_count, listeners[CHANNELS];

static void flush(Peer *p) {
    for (size_t at = 0; p->fd >= 0 && at < p->out.length;) {
        /* A reader that is slow holds the kernel back, as ipykernel behind our launcher is held back: nothing is dropped. */
        ssize_t n = send(p->fd, p->out.at + at, p->out.length - at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) { close(p->fd); p->fd = -1; break; }
        at += (size_t)n;
    }
    p->out.length = 0;
}

static void add_frame(Bytes *b, const void *body, size_t n, int more) {
    uint8_t head[9] = {(uint8_t)(more | (n > 255 ? 2 : 0)), (uint8_t)n};
    if (n > 255) for (int i = 0; i < 8; i++) head[1 + i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
    add(b, head, n > 255 ? 9 : 2);
    add(b, body, n);
}

static void greet(Peer *p) {
    uint8_t greeting[64] = {0xff, [9] = 0x7f, [10] = 3, 0, 'N', 'U', 'L', 'L'};
    const char *type = SOCKET_TYPE[p->channel];
    uint8_t ready[64] = {4, (uint8_t)(6 + 12 + 4 + strlen(type)), 5, 'R', 'E', 'A', 'D', 'Y', 11};
    memcpy(ready + 9, "Socket-Type\0\0\0", 14);
    ready[23] = (uint8_t)strlen(type);
    memcpy(ready + 24, type, strlen(type));
    add(&p->out, greeting, 64);
    add(&p->out, ready, (size_t)ready[1] + 2);
    flush(p);
}

/* :: Messages. */
static const char *session = "echo";
static unsigned long message_number;

static void write_message(Bytes *to, const char *type, Part parent, const char *content) {
    char header[400], date[40];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", gmtime(&now.tv_sec));
    int length = snprintf(header, sizeof header, "{\"msg_id\":\"%s_%d_%lu\",\"msg_type\":\"%s\",\"username\":\"echo\",\"session\":\"%s\",\"date\":\"%s.%06ldZ\",\"version\":\"5.3\"}",
        session, (int)getpid(), message_number++, type, session, date, now.tv_nsec / 1000);
    uint8_t digest[32];
    char hex[65];
    Sha in = inner, out = outer;
    sha_add(&in, header, (size_t)length);
    sha_add(&in, parent.at, parent.length);
    sha_add(&in, "{}", 2);
    sha_add(&in, content, strlen(content));
    sha_end(&in, digest);
    sha_add(&out, digest, 32);
    sha_end(&out, digest);
    for (int i = 0; i < 32; i++) sprintf(hex + 2 * i, "%02x", digest[i]);
    add_frame(to, "<IDS|MSG>", 9, 1);
    add_frame(to, hex, 64, 1);
    add_frame(to, header, (size_t)length, 1);
    add_frame(to, parent.at, parent.length, 1);
    add_frame(to, "{}", 2, 1);
    add_frame(to, content, strlen(content), 0);
}

static void publish(const char *type, Part parent, const char *content) {
    static Bytes message;
    message.length = 0;
    add_frame(&message, type, strlen(type), 1);
    write_message(&message, type, parent, content);
    for (int i = 0; i < peer_count; i++) {
        if (peers[i].channel != IOPUB || peers[i].fd < 0 || !peers[i].greeted) continue;
        add(&peers[i].out, message.at, message.length);
        if (peers[i].out.length > 48 << 10) flush(&peers[i]);
    }
}

static void flush_published(void) {
    for (int i = 0; i < peer_count; i++) if (peers[i].channel == IOPUB) flush(&peers[i]);
}

static const char *find(Part part, const char *text) { return memmem(part.at, part.length, text, strlen(text)); }

static void execute(Part header, Part content) {
    static int count;
    char text[512];
    long n = 0, size = 0, first = 0;
    const char *code = find(content, "\"code\"");
    if (code && (code = memchr(code + 6, '"', (size_t)((const char *)content.at + content.length - code - 6)))) {
        size_t left = (size_t)((const char *)content.at + content.length - code - 1);
        memcpy(text, code + 1, left < 100 ? left : 100);
        text[left < 100 ? left : 100] = 0;
        sscanf(text, "%ld %ld %ld", &n, &size, &first);
    }
    snprintf(text, sizeof text, "{\"code\":\"%ld %ld\",\"execution_count\":%d}", n, size, ++count);
    publish("execute_input", header, text);
    char *body = malloc((size_t)size + 200);
    for (long i = 0; i < n; i++) {
        int at = sprintf(body, "{\"data\":{\"text/plain\":\"#%ld#", first + i);
        if (size > at) { memset(body + at, 'x', (size_t)(size - at)); at = (int)size; }
        strcpy(body + at, "\"},\"metadata\":{},\"transient\":{}}");
        publish("display_data", header, body);
    }
    free(body);
}

static int handle(Peer *p, Part *parts, int n) {
    int at = 0, ends = 0;
    if (p->channel == IOPUB) return 0; /* subscriptions: everybody gets everything */
    if (p->channel == HEARTBEAT) {
        for (int i = 0; i < n; i++) add_frame(&p->out, parts[i].at, parts[i].length, i < n - 1);
        flush(p);
        return 0;
    }
    while (at < n && !(parts[at].length == 9 && memcmp(parts[at].at, "<IDS|MSG>", 9) == 0)) at++;
    if (n - at < 6) return 0;
    Part header = parts[at + 2], content = parts[at + 5];
    char type[80] = "", reply[100];
    const char *name = find(header, "\"msg_type\"");
    if (name) sscanf(name, "\"msg_type\" : \"%60[a-z_]", type);
    if (!type[0]) return 0;
    size_t stem = strlen(type);
    if (stem > 8 && strcmp(type + stem - 8, "_request") == 0) stem -= 8;
    sprintf(reply, "%.*s_reply", (int)stem, type);
    publish("status", header, "{\"execution_state\":\"busy\"}");
    const char *answer = "{\"status\":\"ok\"}";
    if (!strcmp(type, "kernel_info_request"))
        answer = "{\"status\":\"ok\",\"protocol_version\":\"5.3\",\"implementation\":\"echo\",\"implementation_version\":\"1\",\"banner\":\"\",\"help_links\":[],"
                 "\"language_info\":{\"name\":\"echo\",\"version\":\"1\",\"mimetype\":\"text/plain\",\"file_extension\":\".txt\"}}";
    else if (!strcmp(type, "execute_request")) {
        execute(header, content);
        answer = "{\"status\":\"ok\",\"execution_count\":1,\"user_expressions\":{},\"payload\":[]}";
    } else if (!strcmp(type, "shutdown_request")) {
        answer = "{\"status\":\"ok\",\"restart\":false}";
        ends = 1;
    } else if (!strcmp(type, "comm_info_request")) answer = "{\"status\":\"ok\",\"comms\":{}}";
    write_message(&p->out, reply, header, answer);
    flush(p);
    publish("status", header, "{\"execution_state\":\"idle\"}");
    flush_published();
    return ends;
}

/* Takes what is whole in the buffer; -1 to close the connection, 1 to end the kernel. */
static int take(Peer *p) {
    size_t at = 0, whole = 0;
    Part parts[64];
    int n = 0, ends = 0;
    if (!p->greeted) {
        if (p->in.length < 64) return 0;
        p->greeted = 1;
        at = whole = 64;
    }
    while (p->in.length - at >= 2 && !ends) {
        uint8_t flags = p->in.at[at];
        size_t head = flags & 2 ? 9 : 2;
        if (p->in.length - at < head) break;
        uint64_t length = p->in.at[at + 1];
        if (flags & 2) for (int i = (length = 0, 0); i < 8; i++) length = length << 8 | p->in.at[at + 1 + i];
        if (length > 1 << 28) return -1;
        if (p->in.length - at - head < length) break;
        Part part = {p->in.at + at + head, length};
        at += head + length;
        if (flags & 4) {
            if (length >= 7 && !memcmp(part.at, "\4PING", 5)) {
                uint8_t pong[64] = {4, (uint8_t)(5 + length - 7), 4, 'P', 'O', 'N', 'G'};
                if (length - 7 <= 16) memcpy(pong + 7, part.at + 7, length - 7), add(&p->out, pong, 2u + pong[1]), flush(p);
            }
            if (n == 0) whole = at;
            continue;
        }
        if (n == 64) return -1;
        parts[n++] = part;
        if (flags & 1) continue;
        ends = handle(p, parts, n);
        n = 0;
        whole = at;
    }
    memmove(p->in.at, p->in.at + whole, p->in.length - whole);
    p->in.length -= whole;
    return ends;
}

/* :: The connection file: flat JSON with no escapes in what is needed. */
static char *value(char *json, const char *name, char *into) {
    char quoted[40];
    sprintf(quoted, "\"%s\"", name);
    char *at = strstr(json, quoted);
    into[0] = 0;
    if (at && sscanf(at + strlen(quoted), " : \"%150[^\"]", into) != 1) sscanf(at + strlen(quoted), " : %150[0-9]", into);
    return into;
}

static int listen_on(const char *transport, const char *ip, const char *port) {
    int fd, on = 1;
    if (!strcmp(transport, "ipc")) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        if (snprintf(address.sun_path, sizeof address.sun_path, "%s-%s", ip, port) >= (int)sizeof address.sun_path) return -1;
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (bind(fd, (struct sockaddr *)&address, sizeof address)) return -1;
    } else {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
        inet_pton(AF_INET, ip, &address.sin_addr);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (bind(fd, (struct sockaddr *)&address, sizeof address)) return -1;
    }
    return listen(fd, 64) ? -1 : fd;
}

int main(int argc, char **argv) {
    static const char *const PORTS[CHANNELS] = {"shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"};
    static char json[4096], transport[160], ip[160], key[160], port[160];
    static struct pollfd polled[CHANNELS + 1024];
    static uint8_t chunk[64 << 10];
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!file || !fread(json, 1, sizeof json - 1, file)) return 2;
    fclose(file);
    signal(SIGINT, SIG_IGN);
    value(json, "transport", transport), value(json, "ip", ip);
    set_key(value(json, "key", key));
    for (int i = 0; i < CHANNELS; i++) if ((listeners[i] = listen_on(transport, ip, value(json, PORTS[i], port))) < 0) return perror(PORTS[i]), 1;

    for (int ends = 0; ends <= 0;) {
        int kept = 0;
        for (int i = 0; i < peer_count; i++) {
            if (peers[i].fd >= 0) peers[kept++] = peers[i];
            else free(peers[i].in.at), free(peers[i].out.at);
        }
        peer_count = kept;
        for (int i = 0; i < CHANNELS; i++) polled[i] = (struct pollfd){listeners[i], POLLIN, 0};
        for (int i = 0; i < peer_count; i++) polled[CHANNELS + i] = (struct pollfd){peers[i].fd, POLLIN, 0};
        int present = peer_count;
        if (poll(polled, (nfds_t)(CHANNELS + present), -1) < 0) continue;
        for (int i = 0; i < present && ends <= 0; i++) {
            if (!polled[CHANNELS + i].revents || peers[i].fd < 0) continue;
            ssize_t n = recv(peers[i].fd, chunk, sizeof chunk, 0);
            if (n > 0) add(&peers[i].in, chunk, (size_t)n), ends = take(&peers[i]);
            if ((n <= 0 || ends < 0) && peers[i].fd >= 0) close(peers[i].fd), peers[i].fd = -1, ends = 0;
        }
        for (int i = 0; i < CHANNELS; i++) {
            if (!(polled[i].revents & POLLIN) || peer_count == 1024) continue;
            int fd = accept(listeners[i], NULL, NULL), on = 1;
            if (fd < 0) continue;
            if (strcmp(transport, "ipc")) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            peers[peer_count] = (Peer){.fd = fd, .channel = i};
            greet(&peers[peer_count++]);
        }
    }
    usleep(50000); /* what was sent last is read before the sockets close */
    return 0;
}
