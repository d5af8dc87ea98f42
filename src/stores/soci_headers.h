#pragma once

// SOCI's core, without Boost: Debian's headers ask for Boost's, which their package does not bring
// along. Only templates for Boost's own types depend on it, so the library's binary interface is
// the same.
#include <soci/soci-config.h>
#undef SOCI_HAVE_BOOST
#undef SOCI_HAVE_BOOST_DATE_TIME
#include <soci/soci.h>
