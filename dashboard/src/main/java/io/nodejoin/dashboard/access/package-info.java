/** Who may see and who may act. */
@NullMarked
package io.nodejoin.dashboard.access;

import org.jspecify.annotations.NullMarked;
