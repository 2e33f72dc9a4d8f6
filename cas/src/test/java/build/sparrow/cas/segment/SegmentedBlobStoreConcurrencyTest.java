package build.sparrow.cas.segment;

import build.sparrow.cas.BlobStoreConcurrencyContract;
import build.sparrow.cas.StoreUsage;
import build.sparrow.cas.disk.Disk;
import java.io.IOException;

class SegmentedBlobStoreConcurrencyTest extends BlobStoreConcurrencyContract<SegmentedBlobStore> {
  SegmentedBlobStoreConcurrencyTest() {
    super(1 << 20, 300);
  }

  @Override
  protected SegmentedBlobStore open(long capacityBytes) throws IOException {
    SegmentStore segments =
        SegmentStore.open(
            Disk.system(),
            folder,
            clock,
            new SegmentStore.Options(capacityBytes, LEASE, Durability.GROUPED));
    return new SegmentedBlobStore(segments, Upkeep.start(segments));
  }

  @Override
  protected StoreUsage usage(SegmentedBlobStore store) {
    return store.usage();
  }
}
