package io.nodejoin.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts an option's integer and checks its range, which a subclass sets. */
abstract class WholeNumberConverter implements ITypeConverter<Integer> {
    private final int min;
    private final int max;

    WholeNumberConverter(int min, int max) {
        this.min = min;
        this.max = max;
    }

    @Override
    public Integer convert(String text) {
        int number = number(text);
        if (number < min || number > max) {
            throw refused(text);
        }
        return number;
    }

    private int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw refused(text);
        }
    }

    private TypeConversionException refused(String text) {
        return new TypeConversionException("'%s' is no whole number from %d to %d".formatted(text, min, max));
    }
}
