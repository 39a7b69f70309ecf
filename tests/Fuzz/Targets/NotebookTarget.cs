using System.Text;
using Holdfast.Notebooks;

namespace Holdfast.Fuzz;

/// <summary>Notebook files: what can be read and was not changed is written with the same bytes; what cannot be read says where.</summary>
internal sealed class NotebookTarget : FuzzTarget
{
    private const int LargestSeed = 20_000;

    private static readonly IReadOnlyList<byte[]> Words =
        [.. ((string[])["[", "{\"a\":", "null", "\"source\":", "\"cells\":[", "\"outputs\":[]", "\"\\ud800\"", "1e400", "-0", "\"id\":\"a\"", "\"nbformat\":3,", "\t", "\r\n", "\u2028", "\"", "\\"]).Select(Encoding.UTF8.GetBytes)];

    private readonly IReadOnlyList<byte[]> _seeds =
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "notebooks"), "*.ipynb", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes).Where(bytes => bytes.Length <= LargestSeed),
        """{"cells":[{"cell_type":"code","id":"a","execution_count":1,"metadata":{"tags":["x"]},"outputs":[{"output_type":"stream","name":"stdout","text":["1\n"]}],"source":["print(1)"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}"""u8.ToArray(),
    ];

    public override string Name => "Notebook JSON";

    public override byte[] Make(Random random) => Mutation.Of(random, _seeds, Words);

    public override void Feed(byte[] input)
    {
        if (NotebookDocument.Parse(input).TryGet(out var document, out var fault))
        {
            Expect(document.Bytes.Span.SequenceEqual(input), "Its bytes have changed although nobody changed it.");
            foreach (var cell in document.Cells) _ = (cell.Id, cell.Source);
        }
        else
        {
            Expect(!string.IsNullOrEmpty(fault.Message), "It was refused without a reason.");
        }
    }
}
