namespace Holdfast.Fuzz;

/// <summary>A door through which bytes of others come in.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    /// <summary>How much may be allocated for an input of so many bytes; null where that is not this thread's to count.</summary>
    public virtual long? MostAllocated(int inputBytes) => (1 << 20) + 100L * inputBytes;

    /// <summary>Makes an input: a valid one that was damaged, or one that is put together wrongly on purpose.</summary>
    public abstract byte[] Make(Random random);

    /// <summary>Feeds it. Bad input is answered or refused; whatever is thrown here is a finding.</summary>
    public abstract void Feed(byte[] input);

    /// <summary>Takes away what it has made.</summary>
    public virtual void End()
    {
    }

    /// <summary>A finding that is no exception of the program's own.</summary>
    protected static void Expect(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
