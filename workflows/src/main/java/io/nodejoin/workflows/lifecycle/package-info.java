/** What joins and leaves share: requests, the workflow interfaces, their handlers, enrollment, and reporting of phases. */
@NullMarked
package io.nodejoin.workflows.lifecycle;

import org.jspecify.annotations.NullMarked;
