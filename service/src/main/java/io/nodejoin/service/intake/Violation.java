package io.nodejoin.service.intake;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A violated rule.
 *
 * @param field JSON Pointer of the member, or null for the document
 */
record Violation(Problem problem, @Nullable String field) {

    static Violation of(ErrorCode code, String detail, String field) {
        return new Violation(new Problem(code, detail), field.isEmpty() ? null : field);
    }

    /** Returns the pointer to a member; the pointer to its parent if the name must not be repeated. */
    static String pointer(String parent, String name) {
        return UntrustedText.isRepeatable(name)
                ? parent + "/" + name.replace("~", "~0").replace("/", "~1")
                : parent;
    }
}
