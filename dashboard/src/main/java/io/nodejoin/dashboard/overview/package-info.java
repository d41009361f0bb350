/** The state of all joins at one glance. */
@NullMarked
package io.nodejoin.dashboard.overview;

import org.jspecify.annotations.NullMarked;
