/** The approver of kubelet client certificates: exact rules, and the watch that feeds them. */
@NullMarked
package io.nodejoin.activities.certificate;

import org.jspecify.annotations.NullMarked;
