using Holdfast.Notebooks.Exporting;

namespace Holdfast.Notebooks.Tests.Exporting;

public class NotebookParametersTests
{
    [Theory]
    [InlineData("lr = 1e-3  # step", "lr|float|1e-3|step")]
    [InlineData("n: int = 10", "n|int|10|")]
    [InlineData("n: \"Optional[int]\" = None # rounds", "n|Optional[int]|None|rounds")]
    [InlineData("name = 'a' 'b'  # type: Name what it is called", "name|Name|'a' 'b'|what it is called")]
    [InlineData("a = b = -0x1f", "a|int|-0x1f|;b|int|-0x1f|")]
    [InlineData("flag = True; other = None", "flag|bool|True|;other|None|None|")]
    [InlineData("sizes = [1, # one\n  2] # all", "sizes|list|[1, # one\n  2]|all")]
    [InlineData("d = {'a': (1,)}\ns = {1}\nt = (1, 2)\ng = (1)", "d|dict|{'a': (1,)}|;s|set|{1}|;t|tuple|(1, 2)|;g||(1)|")]
    [InlineData("raw = rb'x'\nz = 2j\ny = [1][0]\nx = f()", "raw|bytes|rb'x'|;z||2j|;y||[1][0]|;x||f()|")]
    [InlineData("a = 1\nb = 2\na = 3", "a|int|3|;b|int|2|")]
    [InlineData("import os\nif a: b = 1\nfor i in a:\n    c = 1\ndef f(x=1): y = 2\na += 1\no.x = 1\nl[0] = 1\np, q = 1, 2\nx: int\n!ls\n# z = 1\nprint(end='')", "")]
    public void Parameters_OfACell_AreItsAssignments(string cell, string parameters) =>
        Assert.Equal(parameters, string.Join(';', NotebookParameters.Of(cell + "\n").Select(one => $"{one.Name}|{one.Type}|{one.Default}|{one.Help}")));
}
