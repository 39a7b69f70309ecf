using Holdfast.Data.Packing;

namespace Holdfast.Data.Tests;

/// <summary>Which files are images, what they are called, and what their labels are.</summary>
public sealed class IndexTests : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Images_AreSortedByKey_AndHiddenOnesPacksAndLinkedFoldersAreNone()
    {
        Write("b/2.jpg", "a/10.JPEG", "a/1.png", "a/notes.txt", ".hidden/3.jpg", "a/.4.jpg", "a.pack/5.jpg", "6.jpg");
        File.CreateSymbolicLink(_place.PathOf("images/b/7.jpg"), "2.jpg");
        Directory.CreateSymbolicLink(_place.PathOf("images/c"), "a");

        var found = ImageIndex.Find(_place.PathOf("images"), _place.PathOf("images/a.pack"), null, LabelRule.Folder).Value;

        Assert.Equal(PackKey.Name, found.Key);
        Assert.Equal(["1.png a/1.png a", "10.JPEG a/10.JPEG a", "2.jpg b/2.jpg b", "6.jpg 6.jpg ", "7.jpg b/7.jpg b"], found.Images.Select(image => $"{image.Key} {image.Path} {image.Label}"));
    }

    [Fact]
    public void Names_ThatAreThereTwice_AreNoKeys()
    {
        Write("a/1.jpg", "b/1.jpg");

        Assert.Equal(["a/1.jpg", "b/1.jpg"], Find(null).Value.Images.Select(image => image.Key));
        Assert.Equal("a/1.jpg and b/1.jpg have the same name, so it cannot be their key. Take paths as keys: --key path", Find(PackKey.Name).Fault!.Message);
    }

    [Fact]
    public void Labels_OfATableOrAPattern_AreByKeyAndByPath()
    {
        Write("blast_1.jpg", "tungro_2.jpg");
        var table = LabelRule.Table(_place.Write("l.csv", "image_id,age,label\ntungro_2.jpg,3,T\nblast_1.jpg,4,B\n")).Value!;

        Assert.Equal(["B", "T"], Find(null, table).Value.Images.Select(image => image.Label));
        Assert.Equal(["blast", "tungro"], Find(null, LabelRule.Pattern("^([a-z]+)_").Value!).Value.Images.Select(image => image.Label));
        Assert.EndsWith("n.csv has a label for none of the 2 images. Its keys are as 'blast_1', those of the images as 'blast_1.jpg'. The first column must hold these; --key says whether they are names or paths, and --labels folder takes names of folders as labels.",
            Find(null, LabelRule.Table(_place.Write("n.csv", "image_id,label\nblast_1,B\n")).Value!).Fault!.Message, StringComparison.Ordinal);
        Assert.Equal("The pattern '^(b)' does not fit tungro_2.jpg. Mend the pattern, or take the labels from a table: --labels FILE.csv", Find(null, LabelRule.Pattern("^(b)").Value!).Fault!.Message);
        Assert.StartsWith("The pattern '^b' has no group", LabelRule.Pattern("^b").Fault!.Message, StringComparison.Ordinal);
        Assert.StartsWith("The pattern '(' is not understood", LabelRule.Pattern("(").Fault!.Message, StringComparison.Ordinal);
        Assert.EndsWith("l.csv has no column 'label' (it has a, b, c). Name the column so, or leave only the key and it.", LabelRule.Table(_place.Write("l.csv", "a,b,c\n")).Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_WithoutImagesOrNotThere_IsSaid()
    {
        Assert.EndsWith("images does not exist.", Find(null).Fault!.Message, StringComparison.Ordinal);
        Write("a.txt");
        Assert.EndsWith("images has no image: no file below it ends in .jpg, .jpeg, .png.", Find(null).Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_OfAnyNames_IsReadAsWritten()
    {
        ManifestRow[] rows = [new("a,\"b\"\n.jpg", "x/a,\"b\"\n.jpg", "größe", "train", 0.1, 2, 3, "00"), new("c.jpg", "c.jpg", "", "", null, 1, 1, "01"), new(" d ", " d ", "\r", "valid", 1e-300, 1, 1, "02")];
        File.WriteAllBytes(_place.PathOf("manifest.csv"), Manifest.Write(rows));

        Assert.Equal(rows, Manifest.Read(_place.PathOf("manifest.csv")));
    }

    [Theory]
    [InlineData("key,path\n", "manifest.csv:1: the columns of a manifest are ")]
    [InlineData("key,path,label,split,weight,width,height,sha256\na,a,b,test,,1,1,0\n", "manifest.csv:2: the split is train, valid or empty, not 'test'.")]
    [InlineData("key,path,label,split,weight,width,height,sha256\na,a,b,,-1,1,1,0\n", "manifest.csv:2: the weight of 'a' is '-1'; it must be a number from 0.")]
    [InlineData("key,path,label,split,weight,width,height,sha256\na,a,b,,,x,1,0\n", "manifest.csv:2: width and height are whole numbers, not 'x' and '1'.")]
    [InlineData("key,path,label,split,weight,width,height,sha256\na,a\n", "manifest.csv:2: this row has 2 fields, not 8.")]
    public void Manifest_ThatIsNone_IsRefusedByLine(string text, string fault)
    {
        var refused = Assert.Throws<InvalidDataException>(() => Manifest.Read(_place.Write("manifest.csv", text)));

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    private void Write(params string[] names)
    {
        foreach (var name in names) _place.Write($"images/{name}", name);
    }

    private DataResult<(IReadOnlyList<IndexedImage> Images, PackKey Key)> Find(PackKey? key, LabelRule? labels = null) => ImageIndex.Find(_place.PathOf("images"), _place.PathOf("a.pack"), key, labels ?? LabelRule.Folder);
}
