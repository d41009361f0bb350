package io.nodejoin.testbed.check;

import org.jspecify.annotations.Nullable;

/** Labels and taints as texts, so that those of a request and those of a Node can be compared. */
final class LabelsAndTaints {
    private LabelsAndTaints() {}

    static String label(String key, String value) {
        return "label " + key + "=" + value;
    }

    /** A taint without a value is one with an empty value. */
    static String taint(String key, @Nullable String value, String effect) {
        return "taint " + key + "=" + (value == null ? "" : value) + ":" + effect;
    }
}
