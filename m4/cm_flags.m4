dnl cm_flags.m4: asks compiler and linker whether they know a flag.
dnl Every question is put with -Werror: clang only warns about a flag it does not know.

dnl CM_TRY_CFLAG(VARIABLE, FLAG): adds FLAG to VARIABLE if a program can be compiled and linked with it.
AC_DEFUN([CM_TRY_CFLAG], [
  AS_VAR_PUSHDEF([cache], [cm_cv_cflag_$2])
  AC_CACHE_CHECK([whether $CC knows $2], [cache], [
    cm_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
    CFLAGS=$cm_saved_CFLAGS
  ])
  AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cache])
])

dnl CM_TRY_LDFLAG(VARIABLE, FLAG): the same for a flag of the linker.
AC_DEFUN([CM_TRY_LDFLAG], [
  AS_VAR_PUSHDEF([cache], [cm_cv_ldflag_$2])
  AC_CACHE_CHECK([whether the linker knows $2], [cache], [
    cm_saved_CFLAGS=$CFLAGS
    cm_saved_LDFLAGS=$LDFLAGS
    CFLAGS="$CFLAGS -fPIE"
    LDFLAGS="$LDFLAGS -Werror $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
    CFLAGS=$cm_saved_CFLAGS
    LDFLAGS=$cm_saved_LDFLAGS
  ])
  AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cache])
])

dnl CM_TRY_FORTIFY(LEVEL): sets cm_cv_fortify_LEVEL to yes if compiler and C library both honour it.
AC_DEFUN([CM_TRY_FORTIFY], [
  AC_CACHE_CHECK([whether _FORTIFY_SOURCE=$1 works], [cm_cv_fortify_$1], [
    cm_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$1"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>
#if !defined __USE_FORTIFY_LEVEL || __USE_FORTIFY_LEVEL < $1
#error not at this level
#endif]])],
      [cm_cv_fortify_$1=yes], [cm_cv_fortify_$1=no])
    CFLAGS=$cm_saved_CFLAGS
  ])
])

dnl CM_TRY_OPTIMIZED: sets cm_cv_optimized to whether CFLAGS ask for any optimisation.
AC_DEFUN([CM_TRY_OPTIMIZED], [
  AC_CACHE_CHECK([whether CFLAGS ask for optimisation], [cm_cv_optimized], [
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#ifndef __OPTIMIZE__
#error not optimised
#endif]])],
      [cm_cv_optimized=yes], [cm_cv_optimized=no])
  ])
])

dnl CM_TRY_FUZZER: sets cm_cv_fuzzer to whether a libFuzzer target links.
AC_DEFUN([CM_TRY_FUZZER], [
  AC_CACHE_CHECK([whether $CC has libFuzzer], [cm_cv_fuzzer], [
    cm_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -fsanitize=fuzzer,address,undefined"
    AC_LINK_IFELSE([AC_LANG_SOURCE([[#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return data == NULL && size != 0;
}]])],
      [cm_cv_fuzzer=yes], [cm_cv_fuzzer=no])
    CFLAGS=$cm_saved_CFLAGS
  ])
])
