using System.Text.Json;
using Holdfast.Data.Packing;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Data;

/// <summary>A pack that is read. Opening it reads <c>pack.json</c> and a header; rows and images are read when they are asked for.</summary>
public sealed class PackReader : IDisposable
{
    private readonly SafeFileHandle _pixels;
    private readonly int _start;
    private List<ManifestRow>? _rows;

    private PackReader(string path, PackInfo info, SafeFileHandle pixels, int start) => (Path, Info, _pixels, _start) = (path, info, pixels, start);

    /// <summary>Its folder.</summary>
    public string Path { get; }

    /// <summary>What it is.</summary>
    public PackInfo Info { get; }

    /// <summary>Its images, sorted by key.</summary>
    /// <exception cref="InvalidDataException">The manifest is none, or of another pack; the message names the line.</exception>
    public IReadOnlyList<ManifestRow> Rows
    {
        get
        {
            if (_rows is not null) return _rows;
            var (path, rows) = (System.IO.Path.Combine(Path, PackFolder.ManifestName), Manifest.Read(System.IO.Path.Combine(Path, PackFolder.ManifestName)));
            if (rows.Count != Info.Count) throw new InvalidDataException($"{path} has {rows.Count} rows, and the pack {Info.Count} images. Rows may be changed, not added or taken out; pack again.");
            return _rows = rows;
        }
    }

    /// <summary>Opens a pack.</summary>
    public static DataResult<PackReader> Open(string path)
    {
        var place = System.IO.Path.Combine(path, PackFolder.Info);
        try
        {
            if (PackInfo.FromJson(File.ReadAllBytes(place)) is not { } info) return new DataFault($"{place} holds nothing.");
            if (info.Version != PackInfo.Format) return new DataFault($"{place} is of version {info.Version}, and this program reads version {PackInfo.Format}.");
            using var file = new FileStream(System.IO.Path.Combine(path, PackFolder.Pixels), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            if (NpyFile.Start(file, info.Count, info.Shape) is not { } start) return new DataFault($"{file.Name} is not of the {info.Count} images of {info.Height} × {info.Width} that {PackFolder.Info} speaks of. Remove {PackFolder.Info} and pack again.");
            return new PackReader(path, info, File.OpenHandle(file.Name), start);
        }
        catch (JsonException e)
        {
            return new DataFault($"{place}:{e.LineNumber + 1}: {e.Message.Split(" Path:", 2)[0]}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DataFault(e is FileNotFoundException or DirectoryNotFoundException
                ? $"{path} is no pack: it has no {(File.Exists(place) ? PackFolder.Pixels : PackFolder.Info)}. 'holdfast data pack DIR -o {path}' makes one, and ends what was interrupted."
                : $"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads the pixels of one image: rows of pixels of three bytes.</summary>
    /// <param name="number">Its row, from 0.</param>
    /// <param name="pixels">As long as <see cref="PackShape.Bytes"/> of its shape.</param>
    public void Read(int number, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Info.Count);
        if (RandomAccess.Read(_pixels, pixels, _start + (long)number * Info.Shape.Bytes) != pixels.Length) throw new InvalidDataException($"{PackFolder.Pixels} of {Path} was cut off.");
    }

    /// <inheritdoc/>
    public void Dispose() => _pixels.Dispose();
}
