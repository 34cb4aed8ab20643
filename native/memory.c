/* Memory of the process that nothing needs at the moment, given back to the system. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "kintsugi.h"

#define MAPPINGS_MAX 1024

struct mapping {
    uintptr_t from, to;
    unsigned long resident_kb, anonymous_kb, swapped_kb;
    int is_file_part; /* a private mapping of a file that nobody may write through */
};

/* Whether the line is the head of an entry of smaps, which is begun with it. */
static int begins(const char *line, struct mapping *m)
{
    char access[5];
    unsigned long inode;
    uintptr_t from, to;
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*s %lu", &from, &to, access, &inode) != 4)
        return 0;
    *m = (struct mapping){.from = from, .to = to};
    m->is_file_part = access[0] == 'r' && access[1] == '-' && access[3] == 'p' && inode != 0;
    return 1;
}

/*
 * Whether all pages are the file's own, unchanged. Those of a library's data that was relocated and is read-only since
 * are anonymous: given back they would come again as they lie in the file.
 */
static int is_unchanged(const struct mapping *m)
{
    return m->is_file_part && m->resident_kb > 0 && m->anonymous_kb == 0 && m->swapped_kb == 0;
}

static int unchanged_parts(FILE *smaps, struct mapping *found)
{
    char *line = NULL;
    size_t capacity = 0;
    int count = 0;
    struct mapping at = {.is_file_part = 0};
    while (count < MAPPINGS_MAX && getline(&line, &capacity, smaps) > 0) {
        if (begins(line, &at) || sscanf(line, "Rss: %lu kB", &at.resident_kb) == 1
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
    struct mapping *found = calloc(MAPPINGS_MAX, sizeof *found);
    FILE *smaps = found == NULL ? NULL : fopen("/proc/self/smaps", "re");
    uint64_t bytes = 0;
    if (smaps != NULL) {
        int count = unchanged_parts(smaps, found);
        fclose(smaps);
        for (int i = 0; i < count; i++)
            if (madvise((void *)found[i].from, found[i].to - found[i].from, MADV_DONTNEED) == 0)
                bytes += (uint64_t)found[i].resident_kb << 10;
    }
    free(found);
    return bytes;
}
