namespace Holdfast.Lab.Contents;

/// <summary>Names that are not taken yet, numbered as Jupyter numbers them.</summary>
internal static class FreeNames
{
    /// <summary>
    /// The first of <c>name.ext</c>, <c>name{insert}1.ext</c>, <c>name{insert}2.ext</c>… that is free in the folder. The number goes before
    /// the first dot (<c>a-Copy1.tar.gz</c>), in notebooks before the last.
    /// </summary>
    public static ContentsPath In(ContentsPath folder, string name, string insert)
    {
        var dot = name.EndsWith(".ipynb", StringComparison.Ordinal) ? name.LastIndexOf('.') : name.IndexOf('.', StringComparison.Ordinal);
        var (stem, extension) = dot < 0 ? (name, "") : (name[..dot], name[dot..]);
        for (var number = 0; ; number++)
        {
            var path = folder.Child(number == 0 ? name : $"{stem}{insert}{number}{extension}");
            if (path.Status() is null)
                return path;
        }
    }
}
