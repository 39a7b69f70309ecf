using Holdfast.Data.Sampling;

namespace Holdfast.Data.Tests;

/// <summary>Draws, splits and weights; the vectors are NumPy's.</summary>
public sealed class SamplingTests : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Draws_OfSeed42_AreNumPys()
    {
        int[] numpy = [2, 4, 4, 4, 0, 0, 0, 4, 4, 4, 0, 4, 4, 0, 0, 0, 1, 2, 2, 1];

        Assert.Equal(numpy, WeightedSampler.Draw([3, 1, 2, 0, 5], 20, 42));
        Assert.DoesNotContain(3, WeightedSampler.Draw([3, 1, 2, 0, 5], 100_000, 7));
    }

    [Fact]
    public async Task Streams_OfManySeeds_AreNumPys()
    {
        await Place.NeedAsync("numpy", "python3-numpy");
        const string Script = """
            import numpy as np
            for seed in (0, 1, 42, 2**32 - 1):
                w = np.arange(1000) % 7 + 0.25
                print(np.random.RandomState(seed).permutation(1003).tolist(), np.random.RandomState(seed).choice(1000, 2000, p=w / w.sum()).tolist())
            """;
        var weights = Enumerable.Range(0, 1000).Select(n => n % 7 + 0.25).ToList();

        var ours = new uint[] { 0, 1, 42, uint.MaxValue }.Select(seed => $"[{string.Join(", ", new MersenneTwister(seed).Permutation(1003))}] [{string.Join(", ", WeightedSampler.Draw(weights, 2000, seed))}]\n");

        Assert.Equal(await Place.PythonAsync("-c", Script), string.Concat(ours));
    }

    [Fact]
    public void Split_Random_TakesTheFirstOfAPermutationForValidation()
    {
        var splits = Splitter.Random(10, 0.25, 42);

        // np.random.RandomState(42).permutation(10)[:2]
        Assert.Equal([1, 8], Enumerable.Range(0, 10).Where(number => splits[number] == Splitter.Valid));
        Assert.Equal(2081, Splitter.Random(10_407, 0.2, 1).Count(split => split == Splitter.Valid));
    }

    [Fact]
    public void Weights_ByThePowerOfCounts_AreOfEachClass()
    {
        var rows = Rows("a", "b", "a", "a", "a");

        Assert.Equal([0.5, 1, 0.5, 0.5, 0.5], WeightTable.ByCount(rows, -0.5).Value!);
        Assert.StartsWith("1.jpg has no label, so it is in no class to count.", WeightTable.ByCount(Rows("a", ""), -1).Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_OfATable_AreAlignedByKeyInAnyOrder()
    {
        var table = KeyedTable.Read(_place.Write("w.csv", "image_id,variety,weight\r\n2.jpg,x,2\r\n\"0.jpg\",\"a, b\",0\r\n1.jpg,x,1e-1\r\n"), "weight").Value!;

        Assert.Equal([0, 0.1, 2], WeightTable.FromTable(Rows("a", "b", "c"), table).Value!);
    }

    [Theory]
    [InlineData("0.jpg,1\n1.jpg,1", "w.csv has no weight for 1 of 3 images: 2.jpg. Give each image one; 0 is never drawn.")]
    [InlineData("0.jpg,1\n1.jpg,1\n2.jpg,1\n3.jpg,1", "w.csv has 1 keys that the pack does not have: 3.jpg. Keys of this pack are as '0.jpg'.")]
    [InlineData("0.jpg,1\n1.jpg,NaN\n2.jpg,1", "w.csv:3: the weight of '1.jpg' is NaN, which is not a number. Weights are numbers from 0.")]
    [InlineData("0.jpg,1\n1.jpg,-2\n2.jpg,1", "w.csv:3: the weight of '1.jpg' is -2, which is negative. Weights are numbers from 0.")]
    [InlineData("0.jpg,1\n1.jpg,inf\n2.jpg,1", "w.csv:3: the weight of '1.jpg' is 'inf', which is not a number.")]
    [InlineData("0.jpg,0\n1.jpg,0\n2.jpg,0", "All weights of w.csv are 0, so nothing could be drawn.")]
    [InlineData("0.jpg,1\n0.jpg,1", "w.csv:3: the key '0.jpg' is there twice, first in line 2. Leave one.")]
    [InlineData("0.jpg", "w.csv:2: this row has 1 fields, the first line has 2.")]
    [InlineData("0.jpg,\"1", "w.csv cannot be read: Line 2: a quote is opened and never closed.")]
    public void Weights_ThatAreNone_AreRefusedByNameAndLine(string lines, string fault)
    {
        var table = KeyedTable.Read(_place.Write("w.csv", $"key,weight\n{lines}\n"), "weight");
        var weights = table.Ok ? WeightTable.FromTable(Rows("a", "b", "c"), table.Value) : table.Fault;

        Assert.Equal(fault, weights.Fault!.Message.Replace($"{_place.Folder}/", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Epoch_ByTheRootOfCounts_SeesAbout62Percent()
    {
        int[] counts = [1764, 1738, 1594, 1442, 1088, 965, 620, 479, 380, 337];
        var weights = counts.SelectMany(count => Enumerable.Repeat(Math.Pow(count, -0.5), count)).ToList();

        Assert.Equal(0.62, WeightedSampler.ExpectedDistinct(weights, weights.Count) / weights.Count, 0.005);
        Assert.Equal(WeightedSampler.ExpectedDistinct(weights, weights.Count), WeightedSampler.Draw(weights, weights.Count, 1).Distinct().Count(), weights.Count * 0.01);
    }

    [Fact]
    public void PriorCorrection_IsTheShareOfImagesOverTheShareOfDraws()
    {
        var correction = WeightedSampler.PriorCorrection(["a", "a", "a", "b"], [1, 1, 1, 3]);

        Assert.Equal((1.5, 0.5), (correction["a"], correction["b"]));
    }

    [Fact]
    public void Split_OfATable_NeedsEveryImageAndKnowsTwoWords()
    {
        DataResult<string[]> Split(string text) => Splitter.FromTable(Rows("a", "b"), KeyedTable.Read(_place.Write("s.csv", text), "split").Value!);

        Assert.Equal(["valid", "train"], Split("key,split\n1.jpg,train\n0.jpg,valid\n9.jpg,valid\n").Value!);
        Assert.EndsWith("s.csv does not say of 1 of 2 images whether they are for training: 1.jpg.", Split("key,split\n0.jpg,valid\n").Fault!.Message, StringComparison.Ordinal);
        Assert.EndsWith("s.csv:3: '1.jpg' is 'test'; it is train or valid.", Split("key,split\n0.jpg,valid\n1.jpg,test\n").Fault!.Message, StringComparison.Ordinal);
    }

    private static List<ManifestRow> Rows(params string[] labels) => [.. labels.Select((label, number) => new ManifestRow($"{number}.jpg", $"{label}/{number}.jpg", label, "", null, 1, 1, ""))];
}
