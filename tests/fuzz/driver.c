/*
 * driver.c - a main for a fuzz target without libFuzzer: feeds it files.
 *
 * In an ordinary build the committed corpus of each target runs through it (tests/fuzz-corpus). Each
 * operand is a file or a directory, whose regular files are taken in name order, not deeper. An input
 * lies in memory of exactly its size, so that a sanitizer or valgrind sees the first byte read
 * behind it. Exit status: 0 when all were fed, 1 when one could not be read, 2 on wrong usage.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* 64 MiB: far above any input worth committing; a larger one is a mistake. */
#define INPUT_MAX (64u << 20)

/* The target. Borrows data, size bytes, which may be NULL when size is 0; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Optional in a target: run once before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static bool complain(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s\n", path, why);
    return false;
}

static bool feed_file(const char *path, size_t size)
{
    if (size > INPUT_MAX)
        return complain(path, "larger than 64 MiB");
    FILE *f = fopen(path, "rb");
    if (!f)
        return complain(path, strerror(errno));
    uint8_t *data = malloc(size ? size : 1);
    bool read = data && fread(data, 1, size, f) == size;
    fclose(f);
    if (!read) {
        free(data);
        return complain(path, "cannot be read");
    }
    int result = LLVMFuzzerTestOneInput(data, size);
    free(data);
    return result == 0 || complain(path, "the target did not return 0");
}

static bool feed_directory(const char *path, size_t *n_fed)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    if (n < 0)
        return complain(path, strerror(errno));
    bool ok = true;
    for (int i = 0; i < n; i++) {
        char file[4096];
        struct stat st;
        int len = snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
        if (len < 0 || (size_t)len >= sizeof(file)) {
            ok = complain(path, "a name in it is too long");
        } else if (stat(file, &st) == 0 && S_ISREG(st.st_mode)) {
            ok = feed_file(file, (size_t)st.st_size) && ok;
            *n_fed += 1;
        }
        free(names[i]);
    }
    free(names);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE|DIR...\n", argv[0]);
        return 2;
    }
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    size_t n_fed = 0;
    bool ok = true;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) != 0) {
            ok = complain(argv[i], strerror(errno));
        } else if (S_ISDIR(st.st_mode)) {
            ok = feed_directory(argv[i], &n_fed) && ok;
        } else {
            ok = feed_file(argv[i], (size_t)st.st_size) && ok;
            n_fed++;
        }
    }
    printf("%zu inputs\n", n_fed);
    return ok ? 0 : 1;
}
