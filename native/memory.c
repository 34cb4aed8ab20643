/* Memory of the process that nothing needs at the moment, given back to the system. */
#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "kintsugi.h"

#define MAPPINGS_MAX 1024

struct mapping {
    uintptr_t from, to;
    unsigned long resident_kb, anonymous_kb, swapped_kb;
    int is_program; /* a private mapping of the executable, or the JVM, that nobody may write through */
};

#define JVM "/libjvm.so"

/* Whether this is the executable, or the library that is the JVM, up to the end of the line. */
static int stays(const char *path, const char *program)
{
    size_t length = strcspn(path, "\n"), jvm = strlen(JVM);
    return (length == strlen(program) && strncmp(path, program, length) == 0)
        || (length > jvm && strncmp(path + length - jvm, JVM, jvm) == 0);
}

/*
 * Whether the line is the head of an entry of smaps, which is begun with it. Only mappings that are there as long as
 * the process count. Others may go, and something else come to their place, after they were read.
 */
static int begins(const char *line, const char *program, struct mapping *m)
{
    char access[5];
    int path = 0;
    uintptr_t from, to;
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*s %*u %n", &from, &to, access, &path) != 3 || path == 0)
        return 0;
    *m = (struct mapping){.from = from, .to = to};
    m->is_program = access[0] == 'r' && access[1] == '-' && access[3] == 'p' && stays(line + path, program);
    return 1;
}

/*
 * Whether all pages are the file's own, unchanged. Those of data that was relocated and is read-only since are
 * anonymous: given back they would come again as they lie in the file.
 */
static int is_unchanged(const struct mapping *m)
{
    return m->is_program && m->resident_kb > 0 && m->anonymous_kb == 0 && m->swapped_kb == 0;
}

static int unchanged_parts(FILE *smaps, const char *program, struct mapping *found)
{
    char *line = NULL;
    size_t capacity = 0;
    int count = 0;
    struct mapping at = {.is_program = 0};
    while (count < MAPPINGS_MAX && getline(&line, &capacity, smaps) > 0) {
        if (begins(line, program, &at) || sscanf(line, "Rss: %lu kB", &at.resident_kb) == 1
            || sscanf(line, "Anonymous: %lu kB", &at.anonymous_kb) == 1
            || sscanf(line, "Swap: %lu kB", &at.swapped_kb) == 1)
            continue;
        if (strncmp(line, "VmFlags:", 8) == 0 && is_unchanged(&at)) /* the last line of an entry */
            found[count++] = at;
    }
    free(line);
    return count;
}

uint64_t ks_give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    char program[PATH_MAX + 1];
    ssize_t length = readlink("/proc/self/exe", program, PATH_MAX);
    struct mapping *found = calloc(MAPPINGS_MAX, sizeof *found);
    FILE *smaps = found == NULL || length < 0 ? NULL : fopen("/proc/self/smaps", "re");
    uint64_t bytes = 0;
    if (smaps != NULL) {
        program[length] = '\0';
        int count = unchanged_parts(smaps, program, found);
        fclose(smaps);
        for (int i = 0; i < count; i++)
            if (madvise((void *)found[i].from, found[i].to - found[i].from, MADV_DONTNEED) == 0)
                bytes += (uint64_t)found[i].resident_kb << 10;
    }
    free(found);
    return bytes;
}
