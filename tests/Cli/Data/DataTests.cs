using System.Text.Json;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Data;

/// <summary><c>holdfast data</c>, as people type it.</summary>
public sealed class DataTests
{
    private const string Pictures = """
        import pathlib, sys
        from PIL import Image
        for label, colour, count in (("blast", (200, 40, 40), 6), ("tungro", (40, 200, 40), 3)):
            folder = pathlib.Path("leaves") / label
            folder.mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (48, 64), tuple(value + number for value in colour)).save(folder / f"{label}{number}.png")
        pathlib.Path("leaves/blast/broken.jpg").write_bytes(b"oh")
        """;

    [Fact]
    public async Task Pack_OfAFolder_ListsWhatIsLeftOutAndExitsWith3()
    {
        await using var place = await PlaceAsync();

        var packed = await place.RunAsync("data", "pack", "leaves", "--size", "32x24", "-o", "a.pack");

        Assert.Equal(new Ran(3, "a.pack: 9 images, 32 high and 24 wide, 20.7 kB; 9 decoded.\n1 left out.\n", "holdfast: leaves/blast/broken.jpg is left out: this is no JPEG and no PNG (its first bytes are 6F68).\n"), packed);
        File.Delete(place.PathOf("leaves/blast/broken.jpg"));
        Assert.Equal(new Ran(0, "a.pack: 9 images, 32 high and 24 wide, 20.7 kB; 9 unchanged.\n", ""), await place.RunAsync("data", "pack", "leaves", "-o", "a.pack"));
        Assert.Equal(new Ran(0, "a.pack: 9 images, 32 high and 24 wide, 20.7 kB; 9 unchanged; nothing to write.\n", ""), await place.RunAsync("data", "pack", "leaves/", "-o", "a.pack"));
        File.Delete(place.PathOf("leaves/blast/blast0.png"));
        var json = await place.RunAsync("data", "pack", "leaves", "-o", "a.pack", "--json");
        Assert.Equal("""{"pack":"a.pack","count":8,"height":32,"width":24,"decoded":0,"twins":0,"resumed":0,"unchanged":8,"removed":1,"unlabelled":0,"written":true,"left_out":[]}""", JsonSerializer.Serialize(json.Json));
    }

    [Fact]
    public async Task Show_OfAPack_SaysClassesSizesAndDuplicates_AndDrawsASheet()
    {
        await using var place = await PlaceAsync();
        File.Copy(place.PathOf("leaves/blast/blast1.png"), place.PathOf("leaves/tungro/again.png"));
        await place.RunAsync("data", "pack", "leaves", "--size", "32x24", "-o", "a.pack");

        var shown = await place.RunAsync("data", "show", "a.pack", "--sheet", "sheet.png");

        Assert.Equal($"""
            a.pack: 10 images, 32 high and 24 wide, of {place.PathOf("leaves")}

            CLASS   IMAGES  SHARE   TRAIN  VALID
            blast   6       60.0 %  0      0
            tungro  4       40.0 %  0      0

            Originals, width × height: 48 × 64 (10)
            1 file there more than once:
              again.png, blast1.png, labelled tungro and blast
            Left out: blast/broken.jpg: this is no JPEG and no PNG (its first bytes are 6F68)

            """, shown.Out);
        Assert.Equal("\x89PNG", string.Concat(File.ReadAllBytes(place.PathOf("sheet.png")).Take(4).Select(each => (char)each)));
        var json = (await place.RunAsync("data", "show", "a.pack", "-o", "json")).Json;
        Assert.Equal("""[{"label":"blast","count":6,"train":0,"valid":0},{"label":"tungro","count":4,"train":0,"valid":0}]""", JsonSerializer.Serialize(json.GetProperty("classes")));
        Assert.Equal("""["again.png","blast1.png"]""", JsonSerializer.Serialize(json.GetProperty("duplicates")[0].GetProperty("keys")));
        Assert.Equal("blast/broken.jpg", json.GetProperty("left_out")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Weights_ByPowerOrTable_AreStoredByKeyAndShowAnEpoch()
    {
        await using var place = await PlaceAsync();
        await place.RunAsync("data", "pack", "leaves", "--size", "32x24", "-o", "a.pack");

        Assert.Equal(new Ran(1, "", "holdfast: 9 of 9 images have no weight: blast0.png, blast1.png, blast2.png, …. 'holdfast data weights PACK --power -0.5' weighs all.\n"), await place.RunAsync("data", "weights", "a.pack"));
        var dry = await place.RunAsync("data", "weights", "a.pack", "--power", "-1", "--dry-run");
        Assert.Equal(1, (await place.RunAsync("data", "weights", "a.pack")).ExitCode);
        var given = await place.RunAsync("data", "weights", "a.pack", "--power", "-1");

        Assert.Equal(dry, given);
        Assert.Equal(given, await place.RunAsync("data", "weights", "a.pack"));
        // NumPy: RandomState(42).choice(9, 9, p=[1/6]*6 + [1/3]*3 over their sum).
        Assert.Equal("""
            CLASS   IMAGES  SHARE   DRAWN  SHARE DRAWN  CORRECTION
            blast   6       66.7 %  4      44.4 %       1.333
            tungro  3       33.3 %  5      55.6 %       0.667

            An epoch is 9 draws with replacement; it sees 6 different images, 66.7 % of those for training (expected 63.1 %).
            The others come in later epochs. Probabilities of a model that was trained so are to be multiplied by CORRECTION and scaled to 1 (dls.correct_prior).

            """, given.Out);
        place.Write("w.csv", "key,weight\ntungro2.png,1\n" + string.Concat(Enumerable.Range(0, 6).Select(n => $"blast{n}.png,0\n")) + "tungro0.png,0\ntungro1.png,0\n");
        var json = (await place.RunAsync("data", "weights", "a.pack", "--from", "w.csv", "-o", "json")).Json;
        Assert.Equal("""{"draws":9,"distinct":1,"expected_distinct_share":0.111111,"classes":[{"label":"blast","count":6,"drawn":0,"correction":null},{"label":"tungro","count":3,"drawn":9,"correction":0.3333333333333333}]}""", JsonSerializer.Serialize(json));
        Assert.Contains("tungro2.png,tungro/tungro2.png,tungro,,1,48,64,", File.ReadAllText(place.PathOf("a.pack/manifest.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Split_ByChanceOrTable_IsStored()
    {
        await using var place = await PlaceAsync();
        await place.RunAsync("data", "pack", "leaves", "--size", "32x24", "-o", "a.pack");

        Assert.Equal("9 in no part\n", (await place.RunAsync("data", "split", "a.pack")).Out);
        Assert.Equal("7 train, 2 valid\n", (await place.RunAsync("data", "split", "a.pack", "--valid", "0.25", "--seed", "7")).Out);
        place.Write("s.csv", "key,split\n" + string.Concat(Enumerable.Range(0, 6).Select(n => $"blast{n}.png,valid\n")) + "tungro0.png,train\ntungro1.png,train\ntungro2.png,train\n");
        Assert.Equal("""{"train":3,"valid":6,"none":0}""", JsonSerializer.Serialize((await place.RunAsync("data", "split", "a.pack", "--from", "s.csv", "-o", "json")).Json));
    }

    [Theory]
    [InlineData(2, "data pack leaves --size 0", "--size is HEIGHTxWIDTH or one number, each from 1 to 4096, not '0'.")]
    [InlineData(2, "data pack leaves --size 32 --method stretch", "--method is crop, squish or pad, not 'stretch'.")]
    [InlineData(2, "data pack leaves --size 32 --labels a --label-pattern b", "--labels and --label-pattern exclude each other.")]
    [InlineData(2, "data weights a.pack --power -1 --from w.csv", "--power and --from exclude each other.")]
    [InlineData(2, "data weights a.pack --power much", "--power is a number, such as -0.5, not 'much'.")]
    [InlineData(2, "data split a.pack --valid 1", "--valid is a share from 0 to below 1, such as 0.2, not '1'.")]
    [InlineData(2, "data show a.pack --samples 0", "--samples is a number from 1 to 100, not '0'.")]
    [InlineData(1, "data pack leaves", "A new pack needs the size of its images: --size 256x192 (height, width), or --size 192 for squares.")]
    [InlineData(1, "data pack none --size 32", "none does not exist.")]
    [InlineData(1, "data pack leaves --size 32 --labels none.csv", "none.csv does not exist.")]
    [InlineData(1, "data pack leaves --size 32 --labels other.csv", "other.csv has a label for none of the 10 images. Its keys are as 'a.jpg', those of the images as 'blast0.png'.")]
    [InlineData(1, "data pack leaves --size 32 -o notebooks/..", "notebooks/.. is no pack, and not empty: it holds ")]
    [InlineData(1, "data show leaves", "leaves is no pack: it has no pack.json. 'holdfast data pack DIR -o leaves' makes one, and ends what was interrupted.")]
    public async Task CommandLines_ThatCannotBeDone_SayWhatIsWrong(int code, string words, string fault)
    {
        await using var place = await PlaceAsync();
        place.Write("other.csv", "key,label\na.jpg,blast\n");

        var ran = await place.RunAsync(words.Split(' '));

        Assert.Equal((code, ""), (ran.ExitCode, ran.Out));
        Assert.StartsWith($"holdfast: {fault}", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pack_KilledInTheMiddleAndRunAgain_IsThePackOfAnUndisturbedRun()
    {
        await using var place = await PlaceAsync();
        const int Copies = 700;
        // Each of other bytes, which decoders do not heed.
        Assert.Equal("", (await place.BashAsync($"""
            mkdir many && /usr/bin/python3 -c "
            from PIL import Image
            Image.effect_noise((480, 640), 90).convert('RGB').save('noise.jpg', quality=90)
            data = open('noise.jpg', 'rb').read()
            for number in range({Copies}): open('many/%04d.jpg' % number, 'wb').write(data + b'%d' % number)"
            """)).Errors);
        string[] arguments = ["data", "pack", "many", "--size", "192", "-o", "killed.pack"];
        var stage = place.PathOf("killed.pack/stage.partial");
        var resumed = 0;
        foreach (var share in new[] { 0.1, 0.4, 0.7 })
        {
            using var packing = place.Start(Published.Path, arguments);
            while (!packing.HasExited && Length(stage) < share * Copies * 192 * 192 * 3) Thread.SpinWait(10_000);
            Assert.False(packing.HasExited, $"It had ended before it was killed at {share}.");
            packing.Kill();
            await packing.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.False(File.Exists(place.PathOf("killed.pack/pack.json")));
        }

        var last = (await place.RunAsync([.. arguments, "--json"])).Json;
        resumed = last.GetProperty("resumed").GetInt32();
        Assert.Equal(0, (await place.RunAsync("data", "pack", "many", "--size", "192", "-o", "whole.pack")).ExitCode);

        Assert.InRange(resumed, Copies / 2, Copies - 1);
        Assert.Equal(Copies, resumed + last.GetProperty("decoded").GetInt32());
        foreach (var name in Directory.GetFiles(place.PathOf("whole.pack")).Select(Path.GetFileName))
            Assert.True(File.ReadAllBytes(place.PathOf($"killed.pack/{name}")).AsSpan().SequenceEqual(File.ReadAllBytes(place.PathOf($"whole.pack/{name}"))), name);
        Assert.Equal(Directory.GetFiles(place.PathOf("whole.pack")).Length, Directory.GetFiles(place.PathOf("killed.pack")).Length);
    }

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static async Task<Place> PlaceAsync()
    {
        var place = new Place();
        var made = await place.BashAsync($"/usr/bin/python3 -c '{Pictures}'");
        if (made.Errors.Contains("No module named 'PIL'", StringComparison.Ordinal)) Assert.Skip("python3-pil is not installed.");
        Assert.Equal("", made.Errors);
        return place;
    }
}
