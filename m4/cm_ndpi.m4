dnl cm_ndpi.m4: nDPI, which is optional. Its interface changes between versions; what is there is found by
dnl compiling, and what is not known is refused here rather than by the compiler later.

dnl CM_NDPI_COMPILE(CACHE, QUESTION, BODY): whether BODY compiles with nDPI's header.
AC_DEFUN([CM_NDPI_COMPILE], [
  AC_CACHE_CHECK([$2], [$1],
    [AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <ndpi/ndpi_api.h>
struct ndpi_detection_module_struct *m;
struct ndpi_flow_struct *f;
unsigned char packet[40];]], [[$3]])], [AS_VAR_SET([$1], [yes])], [AS_VAR_SET([$1], [no])])])
])

dnl CM_WITH_NDPI: --with-ndpi (must be there), --without-ndpi, or neither (used when it is there). Sets
dnl have_ndpi to yes or no, adds to LIBS, defines HAVE_NDPI_PREFS and HAVE_NDPI_INPUT_INFO.
AC_DEFUN([CM_WITH_NDPI], [
AC_ARG_WITH([ndpi],
  [AS_HELP_STRING([--without-ndpi], [do not ask nDPI for its opinion (default: when libndpi is there)])],
  [], [with_ndpi=check])
have_ndpi=no
AS_IF([test "x$with_ndpi" != xno],
  [AC_CHECK_HEADER([ndpi/ndpi_api.h],
    [AC_CHECK_LIB([ndpi], [ndpi_detection_process_packet], [have_ndpi=yes], [], [-lm])])
   AS_IF([test "x$have_ndpi$with_ndpi" = xnoyes],
     [AC_MSG_ERROR([--with-ndpi: libndpi or its header ndpi/ndpi_api.h is missing (Debian: apt install libndpi-dev)])])])
AS_IF([test "x$have_ndpi" = xyes],
  [CM_NDPI_COMPILE([cm_cv_ndpi_known], [whether this is nDPI 4.2 to 4.10], [
#if NDPI_MAJOR != 4 || NDPI_MINOR < 2 || NDPI_MINOR > 10
#error unknown
#endif
NDPI_PROTOCOL_BITMASK wanted;
ndpi_protocol said = { 0 };
NDPI_BITMASK_RESET(wanted);
NDPI_BITMASK_ADD(wanted, NDPI_PROTOCOL_MINING);
ndpi_set_protocol_detection_bitmask2(m, &wanted);
ndpi_finalize_initialization(m);
ndpi_free_flow_data(f);
ndpi_exit_detection_module(m);
return (int)ndpi_detection_get_sizeof_ndpi_flow_struct() + said.master_protocol + said.app_protocol + (ndpi_revision() != 0);])
   CM_NDPI_COMPILE([cm_cv_ndpi_prefs], [whether nDPI takes flags at its start],
     [m = ndpi_init_detection_module(ndpi_dont_load_tor_hosts | ndpi_dont_init_libgcrypt);])
   CM_NDPI_COMPILE([cm_cv_ndpi_context], [whether nDPI takes a context at its start], [
m = ndpi_init_detection_module((struct ndpi_global_context *)0);
return ndpi_set_config(m, (char *)0, "", "") == NDPI_CFG_OK;])
   CM_NDPI_COMPILE([cm_cv_ndpi_input_info], [whether nDPI takes hints with each packet],
     [ndpi_detection_process_packet(m, f, packet, 40, 0, (struct ndpi_flow_input_info *)0);])
   CM_NDPI_COMPILE([cm_cv_ndpi_no_input_info], [whether nDPI takes packets without hints],
     [ndpi_detection_process_packet(m, f, packet, 40, 0);])
   AS_CASE(["$cm_cv_ndpi_known,$cm_cv_ndpi_prefs$cm_cv_ndpi_context,$cm_cv_ndpi_input_info$cm_cv_ndpi_no_input_info"],
     [yes,*yes*,*yes*], [],
     [AC_MSG_ERROR([the nDPI that is installed has an interface that this version of countermine does not know; it knows that of 4.2 to 4.10 (Debian 12 and 13 have 4.2: apt install libndpi-dev). Install one of these, or configure with --without-ndpi])])
   AS_IF([test "x$cm_cv_ndpi_prefs" = xyes],
     [AC_DEFINE([HAVE_NDPI_PREFS], [1], [nDPI takes flags at its start (before 4.10)])])
   AS_IF([test "x$cm_cv_ndpi_input_info" = xyes],
     [AC_DEFINE([HAVE_NDPI_INPUT_INFO], [1], [nDPI takes hints with each packet])])
   LIBS="-lndpi $LIBS"])
AM_CONDITIONAL([NDPI], [test "x$have_ndpi" = xyes])
])
