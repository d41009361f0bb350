/** What the join tells the outside. */
@NullMarked
package io.nodejoin.workflows.event;

import org.jspecify.annotations.NullMarked;
