namespace Holdfast.Data.Images;

/// <summary>Which part of an image becomes which part of the target.</summary>
/// <param name="Box">The part of the image.</param>
/// <param name="Height">Rows that it is resized to.</param>
/// <param name="Width">Columns that it is resized to.</param>
/// <param name="TargetHeight">Rows of the target; more than <paramref name="Height"/> where black is beside it.</param>
/// <param name="TargetWidth">Columns of the target.</param>
internal readonly record struct Placement(Box Box, int Height, int Width, int TargetHeight, int TargetWidth)
{
    public bool HasMargin => Height < TargetHeight || Width < TargetWidth;

    /// <summary>As Pillow's ImageOps has it: <c>fit</c> for crop, <c>pad</c> for pad, <c>resize</c> for squish.</summary>
    public static Placement Of(int height, int width, int targetHeight, int targetWidth, PackMethod method)
    {
        var whole = new Placement(new Box(0, 0, width, height), targetHeight, targetWidth, targetHeight, targetWidth);
        var (ratio, targetRatio) = ((double)width / height, (double)targetWidth / targetHeight);
        if (method == PackMethod.Squish || ratio == targetRatio) return whole;
        if (method == PackMethod.Pad)
        {
            return ratio > targetRatio
                ? whole with { Height = Math.Max(1, (int)Math.Round((double)height / width * targetWidth)) }
                : whole with { Width = Math.Max(1, (int)Math.Round((double)width / height * targetHeight)) };
        }

        var (cropWidth, cropHeight) = ratio >= targetRatio ? (targetRatio * height, (double)height) : (width, width / targetRatio);
        var (left, top) = ((width - cropWidth) * 0.5, (height - cropHeight) * 0.5);
        return whole with { Box = new Box(left, top, left + cropWidth, top + cropHeight) };
    }

    /// <summary>Puts the resized part into the middle of a target that is otherwise black.</summary>
    public void Pad(ReadOnlySpan<byte> part, Span<byte> target)
    {
        target.Clear();
        var (top, left) = ((int)Math.Round((TargetHeight - Height) * 0.5), (int)Math.Round((TargetWidth - Width) * 0.5));
        for (var row = 0; row < Height; row++) part.Slice(row * Width * 3, Width * 3).CopyTo(target[(((top + row) * TargetWidth + left) * 3)..]);
    }
}
