/*
 * privileges.c - setresuid and no_new_privs.
 */
#include "config.h"

#include "role/privileges.h"

#include "base/log.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define UID_NOBODY 65534 /* Debian's, and the kernel's overflow uid */

static bool become_nobody(void)
{
    const struct passwd *nobody = getpwnam("nobody");
    uid_t uid = nobody ? nobody->pw_uid : UID_NOBODY;
    gid_t gid = nobody ? nobody->pw_gid : UID_NOBODY;

    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
        log_err("cannot become the user nobody: %s; run countermine as an ordinary user", strerror(errno));
        return false;
    }
    if (setuid(0) == 0) {
        log_err("root's rights came back after they were dropped; run countermine as an ordinary user");
        return false;
    }
    return true;
}

bool privileges_drop(void)
{
    if (geteuid() == 0 && !become_nobody())
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        log_err("cannot set no_new_privs: %s (Linux 3.5 or newer is needed)", strerror(errno));
        return false;
    }
    return true;
}
