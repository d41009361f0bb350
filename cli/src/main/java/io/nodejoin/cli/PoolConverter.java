package io.nodejoin.cli;

import io.nodejoin.protocol.PoolName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the name of a pool. */
final class PoolConverter implements ITypeConverter<PoolName> {
    @Override
    public PoolName convert(String text) {
        try {
            return new PoolName(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' " + e.getMessage());
        }
    }
}
