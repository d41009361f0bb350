package io.nodejoin.service.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * Applies the catalogue: libraries' meters that it does not list are not registered, and those that it lists keep the
 * listed labels only. Help texts, units and buckets are the catalogue's.
 */
final class CatalogueFilter implements MeterFilter {
    private static final String OWN = "nodejoin_";

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return id.getName().startsWith(OWN) || ScrapedMeter.find(id.getName()).isPresent()
                ? MeterFilterReply.NEUTRAL
                : MeterFilterReply.DENY;
    }

    @Override
    public Meter.Id map(Meter.Id id) {
        Optional<ScrapedMeter> listed = ScrapedMeter.find(id.getName());
        if (listed.isEmpty()) {
            return id;
        }
        ScrapedMeter meter = listed.get();
        Tags labels = Tags.of(StreamSupport.stream(id.getTagsAsIterable().spliterator(), false)
                .filter(tag -> meter.labels().contains(tag.getKey()))
                .toList());
        String unit = meter.unit().isPresent() ? meter.unit().get() : id.getBaseUnit();
        return new Meter.Id(id.getName(), labels, unit, meter.help(), id.getType());
    }

    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        return ScrapedMeter.find(id.getName())
                .filter(meter -> meter.kind() == ScrapedMeter.Kind.TIMER)
                .map(meter -> DistributionStatisticConfig.builder()
                        .percentilesHistogram(false)
                        .serviceLevelObjectives(meter.bucketNanos())
                        .build()
                        .merge(config))
                .orElse(config);
    }
}
