package source

import "github.com/proompteng/checksum-annotator/fn/digest"

// ChangesTo returns how the content of a later state of the object differs.
func (o *Object) ChangesTo(after *Object) (digest.Changes, error) {
	was, err := o.read()
	if err != nil {
		return digest.Changes{}, err
	}
	is, err := after.read()
	if err != nil {
		return digest.Changes{}, err
	}
	switch was := was.(type) {
	case digest.Content:
		if is, same := is.(digest.Content); same {
			return was.ChangesTo(is), nil
		}
	case digest.Fields:
		if is, same := is.(digest.Fields); same {
			return was.ChangesTo(is), nil
		}
	}
	return digest.Changes{Rest: true}, nil // made in another way
}
