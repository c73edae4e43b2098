/* Makes trouble in one SANE call of the program it is preloaded into, for the scanner tests.
 *
 * TROUBLE="CALL PAGE BYTES WHAT": in the CALL (open, start or read) of that PAGE (from 1; 0 for
 * open), for a read once so many BYTES of the page have been delivered, WHAT happens: the number
 * of a SANE status is returned, "hang" waits for ever, "crash" breaks the process, "vanish" is
 * the end of a device that was pulled out: nothing more works.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_GOOD = 0, STATUS_IO_ERROR = 9 };

static char wanted_call[16], what[16];
static int wanted_page, page, is_read, is_gone;
static long wanted_bytes, bytes;

static void read_plan(void)
{
    const char *plan = getenv("TROUBLE");
    if (is_read)
        return;
    is_read = 1;
    if (!plan || sscanf(plan, "%15s %d %ld %15s", wanted_call, &wanted_page, &wanted_bytes, what) != 4)
        wanted_page = -1;
}

static int trouble(const char *call)
{
    read_plan();
    if (is_gone)
        return STATUS_IO_ERROR;
    if (page != wanted_page || bytes < wanted_bytes || strcmp(call, wanted_call) != 0)
        return STATUS_GOOD;
    if (strcmp(what, "hang") == 0)
        for (;;)
            sleep(1000);
    if (strcmp(what, "crash") == 0)
        raise(SIGSEGV);
    if (strcmp(what, "vanish") == 0) {
        is_gone = 1;
        return STATUS_IO_ERROR;
    }
    return atoi(what);
}

int sane_open(const char *name, void **handle)
{
    int (*next)(const char *, void **) = dlsym(RTLD_NEXT, "sane_open");
    int status = trouble("open");
    return status ? status : next(name, handle);
}

int sane_start(void *handle)
{
    int (*next)(void *) = dlsym(RTLD_NEXT, "sane_start");
    int status;
    page++;
    bytes = 0;
    status = trouble("start");
    return status ? status : next(handle);
}

int sane_read(void *handle, unsigned char *data, int most, int *length)
{
    int (*next)(void *, unsigned char *, int, int *) = dlsym(RTLD_NEXT, "sane_read");
    int status = trouble("read");
    *length = 0;
    if (status)
        return status;
    status = next(handle, data, most, length);
    bytes += *length;
    return status;
}
