# Debian's libmd4c-dev has a CMake config that asks for libmd4c-html too, which it does not depend on.
find_package(PkgConfig REQUIRED)
pkg_check_modules(MD4C REQUIRED IMPORTED_TARGET md4c)
