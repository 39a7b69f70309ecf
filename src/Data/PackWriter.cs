using System.Collections.Concurrent;
using System.Security.Cryptography;
using Holdfast.Data.Images;
using Holdfast.Data.Packing;

namespace Holdfast.Data;

/// <summary>What is packed, and how.</summary>
/// <param name="Folder">The folder of the images.</param>
/// <param name="Pack">The folder of the pack.</param>
/// <param name="Shape">What each image is made into; null leaves it as the pack that is there has it.</param>
/// <param name="Key">How keys are made; null leaves it as it is, and in a new pack takes names where they are unique, else paths.</param>
/// <param name="Labels">Where labels come from; null leaves it as the pack that is there has it, and in a new pack takes names of folders.</param>
public sealed record PackOptions(string Folder, string Pack, PackShape? Shape, PackKey? Key, LabelRule? Labels);

/// <summary>How far a packing is.</summary>
/// <param name="Done">Files looked at.</param>
/// <param name="Total">Files in all.</param>
/// <param name="LeftOut">Files that could not be decoded, of those.</param>
public readonly record struct PackProgress(int Done, int Total, int LeftOut);

/// <summary>What a packing did.</summary>
/// <param name="Info">The pack as it is now.</param>
/// <param name="Decoded">Images that were decoded now.</param>
/// <param name="Twins">Images with the bytes of another one.</param>
/// <param name="Kept">Images whose pixels the pack had already.</param>
/// <param name="Resumed">Images that an interrupted packing had decoded.</param>
/// <param name="Removed">Images whose files are no more.</param>
/// <param name="Unlabelled">Images without a label, of all in the pack.</param>
/// <param name="IsChanged">Whether a file of the pack was written.</param>
public sealed record PackOutcome(PackInfo Info, int Decoded, int Twins, int Kept, int Resumed, int Removed, int Unlabelled, bool IsChanged);

/// <summary>Makes packs, and brings them up to date.</summary>
public static class PackWriter
{
    // What the processor's nearest caches hold: it is read, summed and written while it is there.
    private const int BytesAtOnce = 1 << 18;

    /// <summary>
    /// Packs the images of a folder on all cores. Files whose hash the pack knows are not decoded again; splits and weights stay with their keys. Whenever it ends, by
    /// whatever means, the pack is as it was or as it is to be, and the next call goes on: its result is the same to the byte.
    /// </summary>
    /// <param name="options">What and how.</param>
    /// <param name="progress">Told after each file, by several threads at once.</param>
    /// <param name="cancellationToken">Ends it; what was decoded stays for the next call.</param>
    public static DataResult<PackOutcome> Pack(PackOptions options, Action<PackProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        // 1. The pack is ours. 2. What it is to be. 3. The files of the folder. 4. Each decoded, unless its pixels are known. 5. All that is known, in order, in the pack's place.
        try
        {
            var taken = PackFolder.Take(options.Pack);
            if (!taken.Ok) return taken.Fault;
            using var folder = taken.Value;

            var opened = PackFolder.IsPack(options.Pack) ? PackReader.Open(options.Pack) : default;
            if (opened.Fault is not null) return opened.Fault;
            using var old = opened.Value;
            if ((options.Shape ?? old?.Info.Shape) is not { } shape) return new DataFault("A new pack needs the size of its images: --size 256x192 (height, width), or --size 192 for squares.");

            var labels = options.Labels is { } rule ? rule : old is null ? LabelRule.Folder : LabelRule.Named(old.Info.Labels);
            if (!labels.Ok) return labels.Fault;
            var found = ImageIndex.Find(options.Folder, options.Pack, options.Key ?? old?.Info.Key, labels.Value);
            if (!found.Ok) return found.Fault;
            var images = found.Value.Images;

            var packed = old is not null && old.Info.Shape == shape ? old : null;
            var known = packed is null ? [] : packed.Rows.Select((row, number) => (row, number)).DistinctBy(each => each.row.Sha256).ToDictionary(each => each.row.Sha256, each => (each.row, each.number), StringComparer.Ordinal);
            using var stage = new PackStage(folder.PathOf(PackFolder.StageName), shape);
            var looked = Look(options.Folder, images, shape, known, stage, progress, cancellationToken);

            var info = new PackInfo
            {
                Count = looked.Count(one => one.Reason is null),
                Height = shape.Height,
                Width = shape.Width,
                Method = shape.Method,
                Filter = shape.Filter,
                Key = found.Value.Key,
                Labels = labels.Value.Text,
                Source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder)),
                Mean = old?.Info.Mean ?? [],
                Std = old?.Info.Std ?? [],
                LeftOut = [.. images.Zip(looked).Where(each => each.Second.Reason is not null).Select(each => new LeftOutImage(each.First.Path, each.Second.Reason!))],
            };
            if (info.Count == 0) return new DataFault($"None of the {images.Count} images of {options.Folder} can be decoded. {info.LeftOut[0].Path}: {info.LeftOut[0].Reason}.");
            var (rows, removed) = Rows(images, looked, old);
            var isChanged = Write(folder, info, rows, packed, known, stage, cancellationToken, out info);
            stage.Dispose();
            File.Delete(folder.PathOf(PackFolder.StageName));
            int Of(Origin origin) => looked.Count(one => one.From == origin);
            return new PackOutcome(info, Of(Origin.Decoded), Of(Origin.Twin), Of(Origin.Pack), Of(Origin.Stage), removed, rows.Count(row => row.Label.Length == 0), isChanged);
        }
        catch (OperationCanceledException)
        {
            return new DataFault($"{options.Pack} was not finished. What was decoded stays; the same command goes on with it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new DataFault($"{options.Pack} was not written: {e.Message}");
        }
    }

    private static Looked[] Look(string root, IReadOnlyList<IndexedImage> images, PackShape shape, Dictionary<string, (ManifestRow Row, int Number)> known, PackStage stage, Action<PackProgress>? progress, CancellationToken cancellationToken)
    {
        var looked = new Looked[images.Count];
        var (done, leftOut) = (0, 0);
        Exception? ended = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        // Single files as they are free: sizes differ, and neighbours on the disk are read together.
        Parallel.ForEach(Partitioner.Create(Enumerable.Range(0, images.Count), EnumerablePartitionerOptions.NoBuffering), parallel, () => new Worker(new ImageDecoder(shape), stage.NewRecord()), (number, state, local) =>
        {
            try
            {
                looked[number] = Look(Path.Combine(root, images[number].Path), known, stage, local);
                if (looked[number].Reason is not null) Interlocked.Increment(ref leftOut);
                progress?.Invoke(new PackProgress(Interlocked.Increment(ref done), images.Count, leftOut));
            }
            catch (IOException e)
            {
                // Of the stage: a file that cannot be read is left out.
                ended = e;
                state.Stop();
            }

            return local;
        }, worker => worker.Decoder.Dispose());
        return ended is null ? looked : throw new IOException(ended.Message, ended);
    }

    private static Looked Look(string path, Dictionary<string, (ManifestRow Row, int Number)> known, PackStage stage, Worker worker)
    {
        ReadOnlySpan<byte> file;
        try
        {
            file = worker.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Looked("", default, $"it cannot be read: {e.Message}", Origin.None);
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        if (known.TryGetValue(sha256, out var there)) return new Looked(sha256, (there.Row.Height, there.Row.Width), null, Origin.Pack);
        if (stage.Find(sha256) is { } staged) return new Looked(sha256, (staged.Height, staged.Width), null, staged.IsOld ? Origin.Stage : Origin.Twin);
        if (worker.Decoder.Decode(file, PackStage.PixelsOf(worker.Record), out var size) is { } fault) return new Looked(sha256, size, fault, Origin.None);
        stage.Add(sha256, size.Height, size.Width, worker.Record);
        return new Looked(sha256, size, null, Origin.Decoded);
    }

    private static (List<ManifestRow> Rows, int Removed) Rows(IReadOnlyList<IndexedImage> images, Looked[] looked, PackReader? old)
    {
        var before = old?.Rows.ToDictionary(row => row.Key, StringComparer.Ordinal) ?? [];
        var rows = images.Zip(looked).Where(each => each.Second.Reason is null).Select(each =>
        {
            var ((key, path, label), one) = each;
            var was = before.GetValueOrDefault(key);
            return new ManifestRow(key, path, label, was?.Split ?? "", was?.Weight, one.Size.Width, one.Size.Height, one.Sha256);
        }).ToList();
        return (rows, before.Count - rows.Count(row => before.ContainsKey(row.Key)));
    }

    /// <summary>Writes what is not as it is to be; false when all is.</summary>
    private static bool Write(PackFolder folder, PackInfo info, List<ManifestRow> rows, PackReader? packed, Dictionary<string, (ManifestRow Row, int Number)> known, PackStage stage, CancellationToken cancellationToken, out PackInfo written)
    {
        var manifest = Manifest.Write(rows);
        written = info;
        if (packed is null || !rows.Select(row => row.Sha256).SequenceEqual(packed.Rows.Select(row => row.Sha256)))
        {
            var sums = new ChannelSums();
            using var file = folder.Create(PackFolder.Pixels);
            file.Write(NpyFile.Header(rows.Count, info.Shape));
            var bytes = info.Shape.Bytes;
            var block = new byte[Math.Max(1, BytesAtOnce / bytes) * bytes];
            var filled = 0;
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var pixels = block.AsSpan(filled, bytes);
                if (known.TryGetValue(row.Sha256, out var there)) packed!.Read(there.Number, pixels);
                else stage.Read(row.Sha256, pixels);
                sums.Add(pixels);
                filled += bytes;
                if (filled < block.Length) continue;
                file.Write(block);
                filled = 0;
            }

            file.Write(block.AsSpan(0, filled));
            file.Flush(flushToDisk: true);
            written = info with { Mean = sums.Mean(), Std = sums.Deviation() };
        }
        else if (File.ReadAllBytes(folder.PathOf(PackFolder.ManifestName)).AsSpan().SequenceEqual(manifest) && File.ReadAllBytes(folder.PathOf(PackFolder.Info)).AsSpan().SequenceEqual(written.ToJson()))
        {
            return false;
        }

        folder.Write(PackFolder.ManifestName, manifest);
        folder.Write(PackFolder.Info, written.ToJson());
        folder.Commit();
        return true;
    }

    /// <summary>What a thread keeps from file to file.</summary>
    private sealed class Worker(ImageDecoder decoder, byte[] record)
    {
        private byte[] _file = new byte[1 << 17];

        public ImageDecoder Decoder => decoder;

        public byte[] Record => record;

        public ReadOnlySpan<byte> Read(string path)
        {
            using var file = File.OpenHandle(path);
            var length = 0;
            while (true)
            {
                var count = RandomAccess.Read(file, _file.AsSpan(length), length);
                if (count == 0) return _file.AsSpan(0, length);
                length += count;
                if (length == _file.Length) Array.Resize(ref _file, length * 2);
            }
        }
    }

    private enum Origin
    {
        None,
        Pack,
        Stage,
        Twin,
        Decoded,
    }

    /// <summary>What became of one file; a reason when it is left out.</summary>
    private readonly record struct Looked(string Sha256, (int Height, int Width) Size, string? Reason, Origin From);
}
