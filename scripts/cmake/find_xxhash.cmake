# Debian's libxxhash-dev ships a pkg-config file and no CMake config.
find_package(PkgConfig REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash>=0.8)
