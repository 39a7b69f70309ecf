using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Stores;

/// <summary>An object in a store.</summary>
/// <param name="Key">Its whole key.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">When it was written.</param>
/// <param name="Tag">Its ETag: another one is another content.</param>
internal sealed record StoredObject(string Key, long Size, DateTimeOffset Modified, string Tag);

/// <summary>One store, spoken to with one key. What it refuses, and that it is away, are faults; the code <c>unavailable</c> is for what may pass by itself.</summary>
internal sealed class StoreClient(IAmazonS3 client, ObjectStore store)
{
    /// <summary>S3 has parts from 5 MiB, at most 10,000 of them.</summary>
    private const long SmallestPart = 16 << 20, MostParts = 9_000;
    private const int AtOnce = 1000;

    /// <summary>The store that it speaks to.</summary>
    public ObjectStore Store => store;

    /// <summary>Stores the first bytes of a file, a long one in parts.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter meanwhile.</exception>
    public Task<HubFault?> PutAsync(string key, SafeFileHandle file, long length, CancellationToken cancellationToken) => FaultAsync($"write {key}", async () =>
    {
        if (length <= 2 * SmallestPart) await PutAsync(key, new FilePiece(file, 0, length), cancellationToken);
        else await PutPartsAsync(key, file, length, cancellationToken);
    });

    /// <summary>Finds out whether there can be written, and leaves nothing behind.</summary>
    public Task<HubFault?> ProbeAsync(StorePlace place, CancellationToken cancellationToken) => FaultAsync($"write {place}", async () =>
    {
        var key = place.KeyOf(Probe);
        await PutAsync(key, new MemoryStream("holdfast"u8.ToArray()), cancellationToken);
        await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = store.Bucket, Key = key }, cancellationToken);
    });

    /// <summary>The object by which it is found out whether there can be written.</summary>
    public const string Probe = ".holdfast-probe";

    /// <summary>The fault of looking into it; null when that can be.</summary>
    public Task<HubFault?> LookAsync(CancellationToken cancellationToken) =>
        FaultAsync("list it", () => client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = store.Bucket, MaxKeys = 1 }, cancellationToken));

    /// <summary>Removes an object; one that is not there is as good.</summary>
    public Task<HubFault?> DeleteAsync(string key, CancellationToken cancellationToken) =>
        FaultAsync($"delete {key}", () => client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = store.Bucket, Key = key }, cancellationToken));

    /// <summary>Objects whose keys begin so, by key, some of them.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="after">Only those after this key; null for the first ones.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<IReadOnlyList<StoredObject>>> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredObject> found = [];
        var fault = await FaultAsync($"list {prefix}", async () =>
        {
            var answer = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = store.Bucket, Prefix = prefix, StartAfter = after, MaxKeys = Math.Min(limit, AtOnce) }, cancellationToken);
            found = [.. (answer.S3Objects ?? []).Select(each => new StoredObject(each.Key, each.Size ?? 0, each.LastModified ?? DateTimeOffset.UnixEpoch, each.ETag))];
        });
        return new(fault is null ? found : null, fault);
    }

    /// <summary>An object, to be read; null when there is none.</summary>
    public async Task<HubResult<(Stream? Content, StoredObject? Object)>> OpenAsync(string key, CancellationToken cancellationToken)
    {
        StoredObject? found = null;
        var fault = await FaultAsync($"read {key}", async () =>
        {
            try
            {
                var answer = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = store.Bucket, Key = key }, cancellationToken);
                found = new StoredObject(key, answer.ContentLength, answer.LastModified ?? DateTimeOffset.UnixEpoch, answer.ETag);
            }
            catch (AmazonS3Exception missing) when (missing.StatusCode == System.Net.HttpStatusCode.NotFound && missing.ErrorCode != "NoSuchBucket")
            {
                // Nothing is there.
            }
        });
        if (fault is not null) return fault;
        return found is null ? (null, null) : (new StoredStream(client, store.Bucket, key, found.Tag, found.Size), found);
    }

    /// <summary>Copies an object to a file.</summary>
    public Task<HubFault?> GetAsync(string key, Stream to, CancellationToken cancellationToken) => FaultAsync($"read {key}", async () =>
    {
        using var answer = await client.GetObjectAsync(new GetObjectRequest { BucketName = store.Bucket, Key = key }, cancellationToken);
        await answer.ResponseStream.CopyToAsync(to, cancellationToken);
    });

    private Task<PutObjectResponse> PutAsync(string key, Stream content, CancellationToken cancellationToken) => client.PutObjectAsync(
        // Signed chunks are not known to each server; over TLS the content needs no signature of its own.
        new PutObjectRequest { BucketName = store.Bucket, Key = key, InputStream = content, AutoCloseStream = false, UseChunkEncoding = false, DisablePayloadSigning = IsOverTls }, cancellationToken);

    private async Task PutPartsAsync(string key, SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        var size = Math.Max(SmallestPart, (length / MostParts | 0xfffff) + 1);
        var upload = (await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = store.Bucket, Key = key }, cancellationToken)).UploadId;
        try
        {
            var parts = new List<PartETag>();
            for (var at = 0L; at < length; at += size)
            {
                var part = Math.Min(size, length - at);
                var answer = await client.UploadPartAsync(new UploadPartRequest
                {
                    BucketName = store.Bucket,
                    Key = key,
                    UploadId = upload,
                    PartNumber = parts.Count + 1,
                    PartSize = part,
                    InputStream = new FilePiece(file, at, part),
                    UseChunkEncoding = false,
                    DisablePayloadSigning = IsOverTls,
                }, cancellationToken);
                parts.Add(new PartETag(parts.Count + 1, answer.ETag));
            }
            await client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = store.Bucket, Key = key, UploadId = upload, PartETags = parts }, cancellationToken);
        }
        catch
        {
            // Parts that nobody puts together cost as much as objects do.
            await AbortAsync(key, upload);
            throw;
        }
    }

    private async Task AbortAsync(string key, string upload)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = store.Bucket, Key = key, UploadId = upload }, limit.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException || StoreFaults.Of(store, "abort", fault) is not null)
        {
            // The store is away: its rule for parts that are left takes them away.
        }
    }

    private bool IsOverTls => store.Endpoint?.Scheme != Uri.UriSchemeHttp;

    private async Task<HubFault?> FaultAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (Exception fault) when (StoreFaults.Of(store, what, fault) is not null)
        {
            return StoreFaults.Of(store, what, fault);
        }
    }
}
