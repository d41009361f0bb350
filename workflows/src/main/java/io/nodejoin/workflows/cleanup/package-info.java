/** What takes back a join or a leave whose workflow ended without doing so itself: it was terminated, or Temporal has lost it. */
@NullMarked
package io.nodejoin.workflows.cleanup;

import org.jspecify.annotations.NullMarked;
