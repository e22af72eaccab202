// SPDX-License-Identifier: MIT
#ifndef PASSERBY_COPENBLAS_SHIM_H
#define PASSERBY_COPENBLAS_SHIM_H

#include <cblas.h>

#endif
