namespace Holdfast.Lab.Pages;

/// <summary>What an address of the page asks to be shown: <c>lab|doc[/workspaces/NAME][/tree/PATH]</c>.</summary>
internal readonly record struct LabAddress(bool SingleDocument, string Workspace, string TreePath)
{
    public static LabAddress Parse(string path)
    {
        var parts = path.Split('/');
        var workspace = parts is [_, "workspaces", var name, ..] ? name : "default";
        var tree = parts is [_, "workspaces", _, "tree", ..] ? parts[4..] : parts is [_, "tree", ..] ? parts[2..] : [];
        return new LabAddress(parts[0] == "doc", workspace, string.Join('/', tree));
    }
}
