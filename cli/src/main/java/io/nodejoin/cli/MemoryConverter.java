package io.nodejoin.cli;

import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts a size in bytes, written as a Kubernetes quantity. */
final class MemoryConverter implements ITypeConverter<Long> {
    /** The same limit as in the schema of the request. */
    private static final BigInteger MAX = BigInteger.TWO.pow(60);

    private static final Pattern QUANTITY = Pattern.compile("([1-9]\\d{0,18})([A-Za-z]{0,2})");
    private static final Map<String, Long> UNITS = Map.of(
            "", 1L,
            "k", 1_000L,
            "M", 1_000_000L,
            "G", 1_000_000_000L,
            "T", 1_000_000_000_000L,
            "Ki", 1L << 10,
            "Mi", 1L << 20,
            "Gi", 1L << 30,
            "Ti", 1L << 40);

    @Override
    public Long convert(String text) {
        Matcher quantity = QUANTITY.matcher(text);
        Long unit = quantity.matches() ? UNITS.get(quantity.group(2)) : null;
        if (unit == null) {
            throw new TypeConversionException("'" + text + "' is no size; write 64Gi, 512Mi, 64G or bytes");
        }
        BigInteger bytes = new BigInteger(quantity.group(1)).multiply(BigInteger.valueOf(unit));
        if (bytes.compareTo(MAX) > 0) {
            throw new TypeConversionException("'" + text + "' is out of range; allowed: 1 to 1048576Ti");
        }
        return bytes.longValueExact();
    }

    /** Returns the size as people read it, in GiB unless that is less than one. */
    static String format(long bytes) {
        return bytes < 1L << 30 ? (bytes >> 20) + " MiB" : Math.round((double) bytes / (1L << 30)) + " GiB";
    }
}
