/** Who may see the dashboard. */
@NullMarked
package io.nodejoin.service.access;

import org.jspecify.annotations.NullMarked;
