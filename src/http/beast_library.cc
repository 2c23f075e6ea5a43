// The non-template half of Boost.Beast, compiled here alone (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
