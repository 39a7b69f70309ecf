namespace Holdfast.Data.Images;

/// <summary>Makes of the bytes of a file an image of the pack's shape: decoded, upright, RGB, resized. It keeps its buffers; one for each thread.</summary>
internal sealed class ImageDecoder(PackShape shape) : IDisposable
{
    /// <summary>Larger images are not decoded: 2^28 pixels are a gigabyte for each core.</summary>
    private const long MostPixels = 1 << 28;

    /// <summary>
    /// How many times larger than the target an image must still be behind a reduced decode. With 4 the mean difference to a whole decode stays near 0.3 of 255
    /// (bench/Data); with 2, Pillow's usual reducing_gap, it is 0.7.
    /// </summary>
    private const int Gap = 4;

    private readonly Resampler _resampler = new();
    private readonly byte[] _fitted = new byte[shape.Bytes];
    private TurboJpeg? _jpeg;
    private byte[] _pixels = [];

    /// <summary>Decodes into <paramref name="target"/>, <see cref="PackShape.Bytes"/> long; null, or why it cannot be.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="target">Rows of pixels of three bytes.</param>
    /// <param name="size">Height and width of the image as it is to be looked at, before it was resized.</param>
    public string? Decode(ReadOnlySpan<byte> file, Span<byte> target, out (int Height, int Width) size)
    {
        size = default;
        if (file.IsEmpty) return "the file is empty";
        var isPng = file.StartsWith(Png.Signature);
        if (!isPng && !file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return $"this is no JPEG and no PNG (its first bytes are {Convert.ToHexString(file[..Math.Min(4, file.Length)])})";
        if ((isPng ? Png.Missing : TurboJpeg.Missing) is { } missing) return missing;

        // 1. The size. 2. Which part of it becomes which part of the target. 3. Decoded, reduced where that loses nothing. 4. Resized. 5. Upright.
        var isCmyk = false;
        int width, height;
        if ((isPng ? Png.ReadHeader(file, out width, out height) : (_jpeg ??= new()).ReadHeader(file, out width, out height, out isCmyk)) is { } unread) return unread;
        if ((long)width * height > MostPixels) return $"{width} × {height} pixels are more than {MostPixels} in all";
        var orientation = isPng ? ExifOrientation.OfPng(file) : ExifOrientation.OfJpeg(file);
        var swaps = ExifOrientation.Swaps(orientation);
        size = swaps ? (width, height) : (height, width);

        var placed = Placement.Of(height, width, swaps ? shape.Width : shape.Height, swaps ? shape.Height : shape.Width, shape.Method);

        var reduction = isPng ? 1 : Reduction(placed);
        var (reducedHeight, reducedWidth) = ((height + reduction - 1) / reduction, (width + reduction - 1) / reduction);
        var pixelBytes = isPng || isCmyk ? 4 : 3;
        var bytes = checked(reducedHeight * reducedWidth * pixelBytes);
        if (_pixels.Length < bytes + Resampler.Slack) _pixels = new byte[bytes + Resampler.Slack];
        var pixels = _pixels.AsSpan(0, bytes);
        if ((isPng ? Png.Decode(file, pixels) : _jpeg!.Decode(file, pixels, reducedWidth, reducedHeight, isCmyk ? TurboJpeg.Cmyk : TurboJpeg.Rgb)) is { } fault) return fault;
        if (isCmyk) FromCmyk(pixels);

        // A reduced pixel covers exactly so many pixels each way; the last ones may hang over.
        var box = new Box(placed.Box.Left / reduction, placed.Box.Top / reduction, Math.Min(placed.Box.Right / reduction, reducedWidth), Math.Min(placed.Box.Bottom / reduction, reducedHeight));
        var fitted = orientation == 1 && !placed.HasMargin ? target : _fitted;
        _resampler.Resize(_pixels.AsSpan(0, bytes + Resampler.Slack), reducedHeight, reducedWidth, pixelBytes, box, shape.Filter, fitted, placed.Height, placed.Width);
        if (placed.HasMargin)
        {
            var padded = orientation == 1 ? target : new byte[shape.Bytes];
            placed.Pad(_fitted, padded);
            if (orientation != 1) padded.CopyTo(_fitted);
        }

        if (orientation != 1) ExifOrientation.Apply(orientation, _fitted, target, shape.Height, shape.Width);
        return null;
    }

    public void Dispose() => _jpeg?.Dispose();

    /// <summary>The largest of 1, 2, 4 and 8 by which the decoder may reduce.</summary>
    private static int Reduction(Placement placed)
    {
        var scale = Math.Min((placed.Box.Right - placed.Box.Left) / placed.Width, (placed.Box.Bottom - placed.Box.Top) / placed.Height);
        return scale >= 8 * Gap ? 8 : scale >= 4 * Gap ? 4 : scale >= 2 * Gap ? 2 : 1;
    }

    /// <summary>CMYK as Adobe's programs write it, inverted; others are not seen, and Pillow takes them for the same.</summary>
    private static void FromCmyk(Span<byte> pixels)
    {
        for (var at = 0; at < pixels.Length; at += 4)
        {
            var black = pixels[at + 3];
            for (var channel = at; channel < at + 3; channel++) pixels[channel] = (byte)((pixels[channel] * black + 127) / 255);
        }
    }
}
