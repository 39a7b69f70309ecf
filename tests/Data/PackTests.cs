using System.Globalization;

namespace Holdfast.Data.Tests;

/// <summary>Packs of pictures of many kinds, against Pillow.</summary>
public sealed class PackTests : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(128, 128, PackMethod.Crop, PackFilter.Bilinear)]
    [InlineData(96, 128, PackMethod.Pad, PackFilter.Bicubic)]
    [InlineData(96, 80, PackMethod.Squish, PackFilter.Lanczos)]
    [InlineData(256, 192, PackMethod.Crop, PackFilter.Bilinear)]
    public async Task Images_OfEveryKind_AreAsPillowMakesThem(int height, int width, PackMethod method, PackFilter filter)
    {
        var pictures = await _place.PicturesAsync();

        var outcome = Pack(pictures, new PackShape(height, width, method, filter));

        var lines = (await Place.PythonAsync("pictures.py", "compare", _place.PathOf("a.pack"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(outcome.Info.Count, lines.Length);
        foreach (var (key, mean, most) in lines.Select(line => line.Split(' ')).Select(words => (words[0], double.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture))))
        {
            // Turned ones are turned when they are small, and large ones decoded in part: both is rounded elsewhere. All others have Pillow's bytes.
            var isRounded = key is "o5.jpg" or "o6.jpg" or "o7.jpg" or "o8.jpg" or "o6.png" or "large.jpg" || (key == "wide.jpg" && method != PackMethod.Crop);
            Assert.True(isRounded ? mean <= 0.5 && most <= 3 : most == 0, $"{key}: {mean} in the mean, {most} at the most");
        }
    }

    [Fact]
    public async Task Files_ThatCannotBeDecoded_AreLeftOutByNameAndReason()
    {
        var outcome = Pack(await _place.PicturesAsync(), new PackShape(64, 64));

        Assert.Equal(
            ["broken/empty.png: the file is empty", "broken/gif.jpg: this is no JPEG and no PNG (its first bytes are 47494638)", "broken/half.jpg: Premature end of JPEG file",
                "broken/half.png: read beyond end of data", "broken/text.jpg: this is no JPEG and no PNG (its first bytes are 6E6F7420)"],
            outcome.Info.LeftOut.Select(left => $"{left.Path}: {left.Reason}").Order(StringComparer.Ordinal));
        Assert.Equal(outcome.Decoded, outcome.Info.Count);
        Assert.DoesNotContain("broken", Rows().Select(row => row.Label));
    }

    [Fact]
    public async Task PackingAgain_WithoutAChange_WritesNothingAndElsewhereTheSameBytes()
    {
        var pictures = await _place.PicturesAsync();
        Pack(pictures, new PackShape(64, 48));
        var written = File.GetLastWriteTimeUtc(_place.PathOf("a.pack/pixels.npy"));

        var again = Pack(pictures, null);
        Pack(pictures, new PackShape(64, 48), "b.pack");

        Assert.Equal((0, again.Info.Count, false), (again.Decoded, again.Kept, again.IsChanged));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_place.PathOf("a.pack/pixels.npy")));
        AssertSame("a.pack", "b.pack");
    }

    [Fact]
    public async Task Changes_OfTheFolder_DecodeWhatIsNewAndEndAsPackedAtOnce()
    {
        var pictures = await _place.PicturesAsync();
        Pack(pictures, new PackShape(64, 48));
        Assert.Null(PackEdit.SetSplits(_place.PathOf("a.pack"), rows => Splitter.Random(rows.Count, 0.3, 1)));
        Assert.Null(PackEdit.SetWeights(_place.PathOf("a.pack"), rows => WeightTable.ByCount(rows, -0.5)));
        var before = Rows().ToDictionary(row => row.Key);

        File.Delete(Path.Combine(pictures, "plain/3.jpg"));
        File.Copy(Path.Combine(pictures, "plain/1.jpg"), Path.Combine(pictures, "shapes/copy.jpg"));
        File.Move(Path.Combine(pictures, "plain/2.jpg"), Path.Combine(pictures, "turned/2.jpg"));
        File.Copy(Path.Combine(pictures, "plain/4.jpg"), Path.Combine(pictures, "plain/5.jpg"), overwrite: true);
        File.Copy(Path.Combine(pictures, "turned/o3.jpg"), Path.Combine(pictures, "kinds/new.jpg"));
        File.AppendAllText(Path.Combine(pictures, "kinds/new.jpg"), "one more byte, which no decoder heeds");
        var outcome = Pack(pictures, null);
        Pack(pictures, new PackShape(64, 48), "b.pack");

        Assert.Equal((1, outcome.Info.Count - 1, 1), (outcome.Decoded, outcome.Kept, outcome.Removed));
        var after = Rows().ToDictionary(row => row.Key);
        Assert.Equal(("turned", before["2.jpg"].Split, before["2.jpg"].Weight), (after["2.jpg"].Label, after["2.jpg"].Split, after["2.jpg"].Weight));
        Assert.Equal(("", null), (after["new.jpg"].Split, after["new.jpg"].Weight));
        Assert.Equal(File.ReadAllBytes(_place.PathOf("b.pack/pixels.npy")), File.ReadAllBytes(_place.PathOf("a.pack/pixels.npy")));
        Assert.Equal(File.ReadAllText(_place.PathOf("b.pack/pack.json")), File.ReadAllText(_place.PathOf("a.pack/pack.json")));
        Assert.Equal(["1.jpg", "copy.jpg"], PackSummary.Of(Rows()).Duplicates[0].Keys);
    }

    [Fact]
    public async Task Labels_OfATable_StayThatTablesWhenThePackIsBroughtUpToDate()
    {
        var pictures = await _place.PicturesAsync();
        var table = LabelRule.Table(_place.Write("labels.csv", "image_id,label\n1.jpg,tungro\n2.jpg,blast\n")).Value!;
        var options = new PackOptions(pictures, _place.PathOf("a.pack"), new PackShape(32, 32), null, table);
        var packed = PackWriter.Pack(options, null, Place.Cancellation).Value!;

        var again = PackWriter.Pack(options with { Labels = null }, null, Place.Cancellation).Value!;

        Assert.Equal((packed.Info.Count - 2, false), (again.Unlabelled, again.IsChanged));
        Assert.Equal("tungro", Rows().Single(row => row.Key == "1.jpg").Label);
        File.Delete(_place.PathOf("labels.csv"));
        Assert.EndsWith("labels.csv does not exist. The labels of this pack come from there; say anew where from: --labels FILE.csv, --label-pattern REGEX, or --labels folder for names of folders.",
            PackWriter.Pack(options with { Labels = null }, null, Place.Cancellation).Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherSize_OfAPack_DecodesAllAndKeepsSplits()
    {
        var pictures = await _place.PicturesAsync();
        Pack(pictures, new PackShape(64, 48));
        Assert.Null(PackEdit.SetSplits(_place.PathOf("a.pack"), rows => Splitter.Random(rows.Count, 0.3, 1)));

        var outcome = Pack(pictures, new PackShape(32, 32));

        Assert.Equal((outcome.Info.Count, 0), (outcome.Decoded, outcome.Kept));
        Assert.DoesNotContain("", Rows().Select(row => row.Split));
    }

    [Fact]
    public async Task ChannelStatistics_AreTheMeanAndDeviationOfAllPixels()
    {
        var outcome = Pack(await _place.PicturesAsync(), new PackShape(61, 47));

        var pixels = File.ReadAllBytes(_place.PathOf("a.pack/pixels.npy"))[^(outcome.Info.Count * 61 * 47 * 3)..];
        for (var channel = 0; channel < 3; channel++)
        {
            var values = pixels.Where((_, at) => at % 3 == channel).Select(value => value / 255.0).ToList();
            var mean = values.Average();
            Assert.Equal(mean, outcome.Info.Mean[channel], 6);
            Assert.Equal(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), outcome.Info.Std[channel], 6);
        }
    }

    [Fact]
    public async Task Cancelled_Packing_LeavesItsWorkAndNoPackUntilTheNext()
    {
        var pictures = await _place.PicturesAsync();
        using var stop = new CancellationTokenSource();
        var options = new PackOptions(pictures, _place.PathOf("a.pack"), new PackShape(64, 64), null, LabelRule.Folder);

        var stopped = PackWriter.Pack(options, progress => { if (progress.Done == 5) stop.Cancel(); }, stop.Token);

        Assert.EndsWith("What was decoded stays; the same command goes on with it.", stopped.Fault!.Message, StringComparison.Ordinal);
        Assert.EndsWith("makes one, and ends what was interrupted.", PackReader.Open(options.Pack).Fault!.Message, StringComparison.Ordinal);
        var outcome = Pack(pictures, new PackShape(64, 64));
        Assert.InRange(outcome.Resumed, 1, outcome.Info.Count - 1);
        Assert.Equal(outcome.Info.Count, outcome.Resumed + outcome.Decoded);
        Pack(pictures, new PackShape(64, 64), "b.pack");
        AssertSame("a.pack", "b.pack");
    }

    [Fact]
    public async Task ContactSheet_OfAPack_IsAPictureWithARowForEachClass()
    {
        Pack(await _place.PicturesAsync(), new PackShape(64, 48));
        using var pack = PackReader.Open(_place.PathOf("a.pack")).Value!;

        var sheet = ContactSheet.Draw(pack, 4, 10).Value!;

        File.WriteAllBytes(_place.PathOf("sheet.png"), sheet);
        var size = await Place.PythonAsync("-c", "import sys; from PIL import Image; image = Image.open(sys.argv[1]); image.load(); print(*image.size, image.mode, len(image.getcolors(10**6)) > 1000)", _place.PathOf("sheet.png"));
        Assert.Equal($"{6 + 4 * 54} {4 * (26 + 64) + 6} RGB True\n", size);
    }

    private PackOutcome Pack(string folder, PackShape? shape, string pack = "a.pack")
    {
        var packed = PackWriter.Pack(new PackOptions(folder, _place.PathOf(pack), shape, null, LabelRule.Folder));
        Assert.True(packed.Ok, packed.Fault?.Message);
        Assert.False(File.Exists(_place.PathOf($"{pack}/stage.partial")));
        return packed.Value;
    }

    private IReadOnlyList<ManifestRow> Rows()
    {
        using var pack = PackReader.Open(_place.PathOf("a.pack")).Value!;
        return pack.Rows;
    }

    private void AssertSame(string one, string other)
    {
        foreach (var name in new[] { "pixels.npy", "manifest.csv", "pack.json" })
            Assert.True(File.ReadAllBytes(_place.PathOf($"{one}/{name}")).AsSpan().SequenceEqual(File.ReadAllBytes(_place.PathOf($"{other}/{name}"))), $"{name} differs");
    }
}
