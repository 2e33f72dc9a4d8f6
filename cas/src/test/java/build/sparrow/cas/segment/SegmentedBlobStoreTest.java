package build.sparrow.cas.segment;

import build.sparrow.cas.BlobStoreContract;
import build.sparrow.cas.disk.Disk;
import java.io.IOException;

class SegmentedBlobStoreTest extends BlobStoreContract<SegmentedBlobStore> {
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
}
