using Holdfast.Data.Images;
using Holdfast.Data.Sheets;

namespace Holdfast.Data;

/// <summary>A picture of a pack: for each class its name, how many images it has, and some of them, evenly out of all.</summary>
public static class ContactSheet
{
    private const int TileHeight = 96, Space = 6, Scale = 2, Heading = PixelFont.Height * Scale + 2 * Space;
    private const byte Paper = 255, Ink = 32;

    /// <summary>Draws it, as a PNG.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="samples">Images of each class.</param>
    /// <param name="classes">Only these many classes, the largest.</param>
    public static DataResult<byte[]> Draw(PackReader pack, int samples, int classes)
    {
        if (Png.Missing is { } missing) return new DataFault(missing);
        var groups = pack.Rows.Select((row, number) => (row.Label, Number: number)).GroupBy(each => each.Label, each => each.Number, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(classes).Select(group => (Label: group.Key, Numbers: group.ToArray())).ToList();
        var shape = pack.Info.Shape;
        var (tileHeight, tileWidth) = (Math.Min(TileHeight, shape.Height), Math.Max(1, shape.Width * Math.Min(TileHeight, shape.Height) / shape.Height));
        var width = Space + samples * (tileWidth + Space);
        var height = groups.Count * (Heading + tileHeight) + Space;
        var sheet = new byte[width * height * 3];
        Array.Fill(sheet, Paper);

        var (resampler, image, tile) = (new Resampler(), new byte[shape.Bytes + Resampler.Slack], new byte[tileHeight * tileWidth * 3]);
        var top = 0;
        foreach (var (label, numbers) in groups)
        {
            Write(sheet, width, Space, top + Space, $"{(label.Length > 0 ? label : "(no label)")}  {numbers.Length}");
            top += Heading;
            for (var sample = 0; sample < Math.Min(samples, numbers.Length); sample++)
            {
                pack.Read(numbers[(int)((long)sample * numbers.Length / Math.Min(samples, numbers.Length))], image.AsSpan(0, shape.Bytes));
                resampler.Resize(image, shape.Height, shape.Width, 3, new Box(0, 0, shape.Width, shape.Height), PackFilter.Bilinear, tile, tileHeight, tileWidth);
                var left = Space + sample * (tileWidth + Space);
                for (var row = 0; row < tileHeight; row++) tile.AsSpan(row * tileWidth * 3, tileWidth * 3).CopyTo(sheet.AsSpan(((top + row) * width + left) * 3));
            }

            top += tileHeight;
        }

        return Png.Encode(sheet, width, height);
    }

    private static void Write(byte[] sheet, int width, int left, int top, string text)
    {
        foreach (var (x, y) in PixelFont.Draw(text))
        {
            if (left + (x + 1) * Scale > width) continue;
            for (var row = 0; row < Scale; row++) sheet.AsSpan(((top + y * Scale + row) * width + left + x * Scale) * 3, Scale * 3).Fill(Ink);
        }
    }
}
