package io.nodejoin.client.temporal;

import io.nodejoin.client.config.TemporalPayloads;
import io.nodejoin.client.config.UnencryptedPayloads;
import io.nodejoin.protocol.Problem;
import io.nodejoin.visibility.payload.PayloadDecoder;
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
    private final @Nullable PayloadDecoder decoder;

    private PayloadProtection(
            DataConverter dataConverter, @Nullable PayloadKeys keys, @Nullable PayloadDecoder decoder) {
        this.dataConverter = dataConverter;
        this.keys = keys;
        this.decoder = decoder;
    }

    /** Reads the keys, if there are any; {@link #problem} tells whether they can be used. */
    public static PayloadProtection of(@Nullable TemporalPayloads settings) {
        DataConverter plain = DataConverters.dataConverter();
        if (settings == null) {
            return new PayloadProtection(plain, null, null);
        }
        PayloadKeys keys = new PayloadKeys(settings.keysFile(), System::nanoTime);
        PayloadEncryption codec = new PayloadEncryption(keys, settings.unencrypted());
        CodecDataConverter encrypting = new CodecDataConverter(plain, List.of(codec), true);
        return new PayloadProtection(
                settings.unencrypted() == UnencryptedPayloads.REFUSE ? new RequiredPayloads(encrypting) : encrypting,
                keys,
                settings.codecServer() ? new JsonPayloadDecoder(codec) : null);
    }

    /** Returns the converter. Messages and stack traces of failures are encrypted too. */
    public DataConverter dataConverter() {
        return dataConverter;
    }

    /** Returns what decrypts payloads for people; empty if {@code temporal.payloads.codecServer} is not set. */
    public Optional<PayloadDecoder> decoder() {
        return Optional.ofNullable(decoder);
    }

    /** Reads the keys now. Returns why they cannot be used; empty if they can, or none are wanted. Never throws. */
    public Optional<Problem> problem() {
        return keys == null ? Optional.empty() : keys.problem();
    }
}
