package io.nodejoin.dashboard.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page that asks an operator before something is done.
 *
 * @param back the page that it was asked for on
 * @param subject the name of that page
 * @param action where the form is sent
 * @param token what proves that this page was shown
 * @param problem what was wrong with the form that was sent; null if none was sent
 */
public record ConfirmPage(
        PageLayout layout,
        String back,
        String subject,
        Question question,
        String action,
        String token,
        @Nullable String problem) {

    /**
     * What is asked.
     *
     * @param consequences what the action does, and what it does not
     * @param button the word on the button that does it
     * @param danger whether it undoes something
     * @param keep the words on the way back
     */
    public record Question(
            String headline,
            List<String> consequences,
            @Nullable TextField text,
            @Nullable ChoiceField choice,
            String button,
            boolean danger,
            String keep) {
        public Question {
            consequences = List.copyOf(consequences);
        }
    }

    /** A line of text that is required. */
    public record TextField(String name, String label, String value) {}

    /** One of some values. */
    public record ChoiceField(String name, String label, List<String> values, String value) {
        public ChoiceField {
            values = List.copyOf(values);
        }
    }
}
