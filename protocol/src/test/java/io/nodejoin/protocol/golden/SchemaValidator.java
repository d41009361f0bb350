package io.nodejoin.protocol.golden;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.util.List;

/** Validates as the intake does: JSON Schema 2020-12 with formats asserted. */
final class SchemaValidator {
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private SchemaValidator() {}

    static List<Error> validate(LifecycleEventType type, String json) {
        Schema schema = REGISTRY.getSchema(GoldenFiles.readSchema(type));
        return schema.validate(
                json,
                InputFormat.JSON,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }
}
