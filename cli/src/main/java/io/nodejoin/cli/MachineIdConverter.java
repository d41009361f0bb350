package io.nodejoin.cli;

import io.nodejoin.protocol.MachineId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the id of a machine. */
final class MachineIdConverter implements ITypeConverter<MachineId> {
    @Override
    public MachineId convert(String text) {
        try {
            return new MachineId(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' " + e.getMessage());
        }
    }
}
