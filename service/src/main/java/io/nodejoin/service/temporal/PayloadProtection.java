package io.nodejoin.service.temporal;

import io.nodejoin.protocol.Problem;
import io.nodejoin.service.config.TemporalPayloads;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The data converter of all clients and workers of a process: with encryption, if there are keys for it. */
public final class PayloadProtection {
    private final DataConverter dataConverter;
    private final @Nullable PayloadKeys keys;

    private PayloadProtection(DataConverter dataConverter, @Nullable PayloadKeys keys) {
        this.dataConverter = dataConverter;
        this.keys = keys;
    }

    /** Reads the keys, if there are any; {@link #problem} tells whether they can be used. */
    public static PayloadProtection of(@Nullable TemporalPayloads settings) {
        DataConverter plain = DataConverters.dataConverter();
        if (settings == null) {
            return new PayloadProtection(plain, null);
        }
        PayloadKeys keys = new PayloadKeys(settings.keysFile(), System::nanoTime);
        PayloadEncryption codec = new PayloadEncryption(keys, settings.unencrypted());
        return new PayloadProtection(new CodecDataConverter(plain, List.of(codec), true), keys);
    }

    /** Returns the converter. Messages and stack traces of failures are encrypted too. */
    public DataConverter dataConverter() {
        return dataConverter;
    }

    /** Reads the keys now. Returns why they cannot be used; empty if they can, or none are wanted. Never throws. */
    public Optional<Problem> problem() {
        return keys == null ? Optional.empty() : keys.problem();
    }
}
